//! The instruction sets that batches are computed with.

#[cfg(target_arch = "x86_64")]
use crate::lanes::{avx2::Avx2, avx512::Avx512};
use std::fmt;

/// The name of an instruction level, whether or not this machine has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LevelName {
    /// Scalar code for any processor.
    Portable,
    /// AVX2, four lanes.
    Avx2,
    /// AVX-512 with IFMA, eight lanes.
    Avx512,
}

impl LevelName {
    /// The CPU features that the level needs, as [`cpu_features`] names them.
    pub fn required_features(self) -> &'static [&'static str] {
        match self {
            Self::Portable => &[],
            Self::Avx2 => &["avx2", "bmi1", "bmi2", "fma"],
            Self::Avx512 => &[
                "avx512f",
                "avx512dq",
                "avx512vl",
                "avx512ifma",
                "bmi1",
                "bmi2",
            ],
        }
    }
}

impl fmt::Display for LevelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        })
    }
}

/// Proof that a level's code exists and that this machine runs it: there is no other way to a value than [`Level::new`]
/// and [`Level::portable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Level(pub(crate) Built);

/// The levels, each with the proof that its code asks for. The batch calls match on this, so a variant added here asks
/// for its code there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Built {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

impl Level {
    /// The level that every machine has.
    pub const fn portable() -> Self {
        Self(Built::Portable)
    }

    /// The level asked for, or the reason why it can't be had.
    pub fn new(name: LevelName) -> Result<Self, LevelError> {
        let built = match name {
            LevelName::Portable => Some(Built::Portable),
            #[cfg(target_arch = "x86_64")]
            LevelName::Avx2 => Avx2::detect().map(Built::Avx2),
            #[cfg(target_arch = "x86_64")]
            LevelName::Avx512 => Avx512::detect().map(Built::Avx512),
            #[cfg(not(target_arch = "x86_64"))]
            LevelName::Avx2 | LevelName::Avx512 => None,
        };
        built.map(Self).ok_or_else(|| LevelError::missing(name))
    }

    /// Which level this is.
    pub const fn name(self) -> LevelName {
        match self.0 {
            Built::Portable => LevelName::Portable,
            #[cfg(target_arch = "x86_64")]
            Built::Avx2(_) => LevelName::Avx2,
            #[cfg(target_arch = "x86_64")]
            Built::Avx512(_) => LevelName::Avx512,
        }
    }
}

/// Why a level can't be had: the processor lacks what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("this processor has no {feature}, which {level} needs")]
pub struct LevelError {
    /// The level asked for.
    pub level: LevelName,
    /// The first feature missing.
    pub feature: &'static str,
}

impl LevelError {
    fn missing(level: LevelName) -> Self {
        let present = cpu_features();
        let mut needed = level.required_features().iter();
        let missing = needed.find(|&&feature| !present.contains(&(feature, true)));
        Self {
            level,
            feature: missing.copied().unwrap_or("such instructions"),
        }
    }
}

/// The CPU features that matter to a level, and whether this processor (and its operating system) has them.
pub fn cpu_features() -> Vec<(&'static str, bool)> {
    #[cfg(target_arch = "x86_64")]
    return vec![
        ("sse2", std::is_x86_feature_detected!("sse2")),
        ("avx2", std::is_x86_feature_detected!("avx2")),
        ("bmi1", std::is_x86_feature_detected!("bmi1")),
        ("bmi2", std::is_x86_feature_detected!("bmi2")),
        ("fma", std::is_x86_feature_detected!("fma")),
        ("adx", std::is_x86_feature_detected!("adx")),
        ("avx512f", std::is_x86_feature_detected!("avx512f")),
        ("avx512dq", std::is_x86_feature_detected!("avx512dq")),
        ("avx512vl", std::is_x86_feature_detected!("avx512vl")),
        ("avx512ifma", std::is_x86_feature_detected!("avx512ifma")),
    ];
    #[cfg(target_arch = "aarch64")]
    return vec![("neon", std::arch::is_aarch64_feature_detected!("neon"))];
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    Vec::new()
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {
    use super::*;

    /// Detection asks the processor feature by feature, the list is what users are told: they must agree.
    #[test]
    fn a_level_is_had_exactly_if_its_features_are() {
        assert_eq!(Level::new(LevelName::Portable), Ok(Level::portable()));
        let features = cpu_features();
        for name in [LevelName::Portable, LevelName::Avx2, LevelName::Avx512] {
            let required = name.required_features();
            let lacks = |feature: &str| !features.contains(&(feature, true));
            match Level::new(name) {
                Ok(level) => {
                    assert_eq!(level.name(), name);
                    for &feature in required {
                        assert!(!lacks(feature), "{feature}");
                    }
                }
                Err(error) => {
                    assert_eq!(error.level, name);
                    assert!(required.contains(&error.feature), "{}", error.feature);
                    assert!(lacks(error.feature), "{}", error.feature);
                    let text = error.to_string();
                    assert!(text.contains(error.feature), "{text}");
                    assert!(text.contains(&name.to_string()), "{text}");
                }
            }
        }
    }
}
