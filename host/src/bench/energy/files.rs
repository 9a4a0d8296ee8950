//! The files in which Linux tells of energy.

use super::Joules;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Whose energy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Processor,
    Gpu,
}

/// A file that counts microjoules.
#[derive(Debug)]
struct Counter {
    of: Of,
    file: PathBuf,
    /// The greatest count, after which it begins again from zero; `None` if it never does.
    most: Option<u64>,
}

/// What of a machine can be read.
#[derive(Debug, Default)]
pub struct Meters {
    counters: Vec<Counter>,
    /// Files that tell microwatts of GPUs.
    powers: Vec<PathBuf>,
    /// What is read, in words.
    pub sources: Vec<String>,
    /// What is there and can't be read, or is not there at all.
    pub missing: Vec<String>,
}

/// Counts at a moment, by counter.
#[derive(Debug)]
pub(super) struct Counts(Vec<Option<u64>>);

impl Meters {
    /// Looks for them in `sys` below this folder, which is `/` but for tests.
    pub fn find(root: &Path) -> Self {
        let mut found = Self::default();
        found.packages(&root.join("sys/class/powercap"));
        found.gpus(&root.join("sys/class/drm"));
        found
    }

    /// True if nothing tells anything.
    pub fn is_empty(&self) -> bool {
        self.counters.is_empty() && self.powers.is_empty()
    }

    fn packages(&mut self, powercap: &Path) {
        let mut packages = 0;
        for folder in folders(powercap) {
            let file_name = folder.file_name().unwrap_or_default().to_string_lossy();
            // intel-rapl:0 is a package; intel-rapl:0:0 is a part of it, and counted there.
            if !file_name.starts_with("intel-rapl:") || file_name.matches(':').count() != 1 {
                continue;
            }
            let name = text(&folder.join("name")).unwrap_or_else(|| file_name.into_owned());
            if !name.starts_with("package") {
                continue;
            }
            packages += 1;
            let file = folder.join("energy_uj");
            match number(&file) {
                Some(_) => {
                    let most = number(&folder.join("max_energy_range_uj"));
                    let of = Of::Processor;
                    self.counters.push(Counter { of, file, most });
                    self.sources.push(format!("powercap {name}"));
                }
                None => self
                    .missing
                    .push(format!("powercap {name} (it takes root to read it)")),
            }
        }
        if packages == 0 {
            self.missing.push("no powercap of a processor".into());
        }
    }

    fn gpus(&mut self, drm: &Path) {
        for card in folders(drm) {
            let file_name = card.file_name().unwrap_or_default().to_string_lossy();
            let number_of = file_name.strip_prefix("card");
            // card0 is a device; card0-HDMI-A-1 is a socket of it.
            if !number_of.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
                continue;
            }
            for hwmon in folders(&card.join("device/hwmon")) {
                let name = text(&hwmon.join("name")).unwrap_or_else(|| "hwmon".into());
                let energy = hwmon.join("energy1_input");
                let powers = ["power1_average", "power1_input"].map(|file| hwmon.join(file));
                let power = powers.into_iter().find(|file| number(file).is_some());
                if number(&energy).is_some() {
                    self.counters.push(Counter {
                        of: Of::Gpu,
                        file: energy,
                        most: None,
                    });
                    self.sources.push(format!("hwmon {name} of {file_name}"));
                } else if let Some(power) = power {
                    self.powers.push(power);
                    self.sources
                        .push(format!("hwmon {name} of {file_name}, sampled"));
                }
            }
        }
    }

    pub(super) fn has_power(&self) -> bool {
        !self.powers.is_empty()
    }

    /// What GPUs use now.
    pub(super) fn watts(&self) -> Option<f64> {
        let microwatts: Option<Vec<u64>> = self.powers.iter().map(|file| number(file)).collect();
        Some(microwatts?.into_iter().sum::<u64>() as f64 / 1e6)
    }

    pub(super) fn read(&self) -> Counts {
        let counters = self.counters.iter();
        Counts(counters.map(|counter| number(&counter.file)).collect())
    }

    /// Joules since then. A counter that has begun again from zero did so once: it takes minutes to.
    pub(super) fn since(&self, before: &Counts) -> Joules {
        let mut joules = Joules::default();
        let now = self.read();
        for ((counter, before), now) in self.counters.iter().zip(&before.0).zip(&now.0) {
            let (Some(before), Some(now)) = (*before, *now) else {
                continue;
            };
            let spent = match (now.checked_sub(before), counter.most) {
                (Some(spent), _) => spent,
                (None, Some(most)) => most.saturating_sub(before).saturating_add(now),
                (None, None) => continue,
            };
            let sum = match counter.of {
                Of::Processor => &mut joules.processor,
                Of::Gpu => &mut joules.gpu,
            };
            *sum = Some(sum.unwrap_or_default() + spent as f64 / 1e6);
        }
        joules
    }
}

/// What a folder holds, in order; nothing if it can't be read.
fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn text(path: &Path) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

fn number(path: &Path) -> Option<u64> {
    text(path)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{thread::sleep, time::Duration};

    /// A folder of its own below the system's for temporary ones, removed at the end.
    struct Root(PathBuf);

    impl Root {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("phalanx-{name}-{}", std::process::id()));
            drop(fs::remove_dir_all(&path));
            Self(path)
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.join("sys/class").join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
            fs::write(path, text).expect("a file is written");
        }
    }

    impl Drop for Root {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn packages_count_and_begin_again() {
        let root = Root::new("packages");
        for (package, energy) in [(0, "9000000\n"), (1, "100\n")] {
            let folder = format!("powercap/intel-rapl:{package}");
            root.write(&format!("{folder}/name"), &format!("package-{package}\n"));
            root.write(&format!("{folder}/energy_uj"), energy);
            root.write(&format!("{folder}/max_energy_range_uj"), "10000000\n");
        }
        // A part of a package, and what is no package.
        root.write("powercap/intel-rapl:0:0/name", "core\n");
        root.write("powercap/intel-rapl:0:0/energy_uj", "5\n");
        root.write("powercap/intel-rapl:2/name", "psys\n");
        root.write("powercap/intel-rapl:2/energy_uj", "5\n");
        let meters = Meters::find(&root.0);
        assert_eq!(meters.sources, ["powercap package-0", "powercap package-1"]);
        let ((), joules) = meters.measure(|| {
            // One millijoule short of its range before, half a joule after.
            root.write("powercap/intel-rapl:0/energy_uj", "500000\n");
            root.write("powercap/intel-rapl:1/energy_uj", "2000100\n");
        });
        let processor = joules.processor.expect("two packages");
        assert!((processor - (1.5 + 2.0)).abs() < 1e-9, "{processor}");
        assert_eq!(joules.gpu, None);
    }

    #[test]
    fn gpus_count_or_tell_their_power() {
        let root = Root::new("gpus");
        root.write("drm/card0/device/hwmon/hwmon3/name", "amdgpu\n");
        root.write("drm/card0/device/hwmon/hwmon3/power1_average", "40000000\n");
        root.write(
            "drm/card0-HDMI-A-1/device/hwmon/hwmon3/power1_average",
            "1\n",
        );
        root.write("drm/card1/device/hwmon/hwmon4/name", "xe\n");
        root.write("drm/card1/device/hwmon/hwmon4/energy1_input", "1000000\n");
        let meters = Meters::find(&root.0);
        assert_eq!(
            meters.sources,
            ["hwmon amdgpu of card0, sampled", "hwmon xe of card1"]
        );
        let ((), joules) = meters.measure(|| {
            sleep(Duration::from_millis(100));
            root.write("drm/card1/device/hwmon/hwmon4/energy1_input", "3000000\n");
        });
        let panics = || meters.measure(|| assert!(meters.is_empty(), "the work fails"));
        let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics));
        assert!(panics.is_err(), "the sampler ends, and the panic goes on");
        // Two joules, and 40 watts for a tenth of a second or somewhat more.
        let gpu = joules.gpu.expect("two cards");
        assert!((6.0..20.0).contains(&gpu), "{gpu}");
        assert_eq!(joules.processor, None);
    }

    #[test]
    fn machines_that_tell_nothing() {
        let root = Root::new("nothing");
        let meters = Meters::find(&root.0);
        assert!(meters.is_empty());
        assert_eq!(meters.missing, ["no powercap of a processor"]);
        assert_eq!(meters.measure(|| 7), (7, Joules::default()));
        root.write("powercap/intel-rapl:0/name", "package-0\n");
        let meters = Meters::find(&root.0);
        assert!(meters.is_empty());
        assert!(meters.missing[0].contains("root"), "{:?}", meters.missing);
    }
}
