use super::*;

fn with(backend: Option<&str>, threads: Option<&str>) -> Result<Config, ConfigError> {
    let set = [("PHALANX_BACKEND", backend), ("PHALANX_THREADS", threads)];
    let set: Vec<_> = set
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    with_variables(&set)
}

/// The configuration of an environment of these variables, all of which are documented.
fn with_variables(set: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_variables(|name| match name {
        "PHALANX_BACKEND"
        | "PHALANX_EXECUTOR"
        | "PHALANX_THREADS"
        | "PHALANX_GPU"
        | "PHALANX_GPU_ARITHMETIC"
        | "PHALANX_CACHE"
        | "XDG_CACHE_HOME"
        | "HOME"
        | "LOCALAPPDATA" => {
            let value = set.iter().find(|(own, _)| *own == name);
            value.map(|(_, value)| OsString::from(value))
        }
        other => panic!("{other} is not documented"),
    })
}

#[test]
fn backends_have_one_name_each() {
    for backend in Backend::ALL {
        assert_eq!(backend.to_string().parse(), Ok(backend));
    }
    for text in ["", "AVX2", " auto", "neon"] {
        assert_eq!(
            text.parse::<Backend>(),
            Err(UnknownBackend(text.to_owned()))
        );
    }
    let error = UnknownBackend("neon".to_owned()).to_string();
    for backend in Backend::ALL {
        assert!(error.contains(backend.name()), "{backend}: {error}");
    }
}

#[test]
fn an_empty_environment_is_the_default() {
    assert_eq!(with(None, None), Ok(Config::default()));
    assert_eq!(with(Some(""), Some("")), Ok(Config::default()));
}

#[test]
fn variables_are_taken() {
    let config = with(Some("portable"), Some("3")).expect("both are fine");
    assert_eq!(config.backend, Backend::Portable);
    assert_eq!(config.threads, Some(3));
    let most = with(None, Some("1024")).expect("the most threads");
    assert_eq!(most.threads, Some(Config::MAX_THREADS));
}

#[test]
fn gpus_are_named() {
    let config = with_variables(&[("PHALANX_GPU", "RTX"), ("PHALANX_GPU_ARITHMETIC", "u32")]);
    let config = config.expect("both are fine");
    assert_eq!(config.gpu.as_deref(), Some("RTX"));
    assert_eq!(config.gpu_arithmetic, Some(GpuArithmetic::U32));
    let error = with_variables(&[("PHALANX_GPU_ARITHMETIC", "f16")]);
    assert_eq!(error, Err(ConfigError::Arithmetic("f16".into())));
    let empty = with_variables(&[("PHALANX_GPU", ""), ("PHALANX_GPU_ARITHMETIC", "")]);
    assert_eq!(empty, Ok(Config::default()));
}

#[test]
fn executors_are_named() {
    for kind in ExecutorKind::ALL {
        let config = with_variables(&[("PHALANX_EXECUTOR", kind.name())]);
        assert_eq!(config.expect("a name").executor, kind);
    }
    let error = with_variables(&[("PHALANX_EXECUTOR", "fast")]).expect_err("no such executor");
    assert_eq!(error, ConfigError::Executor(UnknownExecutor("fast".into())));
    for kind in ExecutorKind::ALL {
        assert!(error.to_string().contains(kind.name()), "{kind}: {error}");
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn the_cache_folder() {
    let folder = |set: &[(&str, &str)]| with_variables(set).expect("nothing is wrong").cache;
    let home = ("HOME", "/home/a");
    let is = |path: &str| Some(PathBuf::from(path));
    assert_eq!(folder(&[]), None);
    assert_eq!(folder(&[home]), is("/home/a/.cache/phalanx"));
    assert_eq!(folder(&[home, ("XDG_CACHE_HOME", "/c")]), is("/c/phalanx"));
    assert_eq!(
        folder(&[home, ("XDG_CACHE_HOME", "c")]),
        is("/home/a/.cache/phalanx")
    );
    assert_eq!(folder(&[home, ("PHALANX_CACHE", "/p")]), is("/p"));
}

#[test]
fn bad_values_are_named() {
    assert_eq!(
        with(Some("cuda"), None),
        Err(ConfigError::Backend(UnknownBackend("cuda".to_owned())))
    );
    for threads in ["0", "-1", "1025", "two", "1.5", "99999999999999999999999"] {
        let error = with(None, Some(threads)).expect_err(threads);
        assert_eq!(error, ConfigError::Threads(threads.to_owned()));
        assert!(error.to_string().contains(threads), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn other_encodings_are_refused() {
    use std::os::unix::ffi::OsStringExt;
    let result = Config::from_variables(|_| Some(OsString::from_vec(vec![0xff])));
    assert_eq!(
        result,
        Err(ConfigError::NotUnicode {
            variable: "PHALANX_BACKEND"
        })
    );
}
