use super::*;

fn with(backend: Option<&str>, threads: Option<&str>) -> Result<Config, ConfigError> {
    Config::from_variables(|name| match name {
        "PHALANX_BACKEND" => backend.map(OsString::from),
        "PHALANX_THREADS" => threads.map(OsString::from),
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
