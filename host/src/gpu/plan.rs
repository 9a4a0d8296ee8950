//! What a device is to do for one batch, as data: which buffers, which stages in which order, what to read back.
//!
//! Buffers go by name: the name of a variable of the shaders is the name of the buffer that it is bound to.

/// The work of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Which program this is: `keccak`, `levels`, `recover`, or a stage that [`measure`](super::measure) times. Plans of a program have the same stages and constants.
    pub program: &'static str,
    /// Contents of the uniform buffers; a dispatch names its own by index.
    pub uniforms: Vec<Vec<u8>>,
    /// Buffers that the host fills for this batch.
    pub uploads: Vec<Upload>,
    /// Buffers of numbers on their way, by name and length in words.
    pub scratch: Vec<(&'static str, usize)>,
    /// Tables that stay on the device.
    pub constants: &'static [Constant],
    /// The buffer to read back and its length in words; zero before the first dispatch.
    pub output: (&'static str, usize),
    /// What runs, in order.
    pub dispatches: Vec<Dispatch>,
}

/// A buffer and its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The variable that it is bound to.
    pub name: &'static str,
    /// The content.
    pub words: Vec<u32>,
}

/// A table that is written once and never again.
#[derive(Debug, Clone, Copy)]
pub struct Constant {
    /// The variable that it is bound to.
    pub name: &'static str,
    /// Makes the content.
    pub words: fn() -> Vec<u32>,
}

/// One run of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dispatch {
    /// Name of the shader.
    pub stage: &'static str,
    /// Invocations, in one dimension; the last workgroup may have more.
    pub invocations: u32,
    /// Index of its uniform buffer.
    pub uniform: usize,
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Constant {}

/// How large a batch may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Messages of one batch, the known one included.
    pub messages: usize,
    /// Words of one batch's messages, the known one included.
    pub message_words: usize,
    /// Signatures of one batch, the known one included.
    pub signatures: usize,
    /// Windows of the ladder that one dispatch walks.
    pub windows: u32,
}

/// Bytes by which the smallest allocations are rounded up.
pub(super) const LEAST_STEP_BYTES: u64 = 256;

/// Bytes of a buffer's binding that a batch never passes, whatever the device allows: three batches are in flight.
const MOST_BINDING_BYTES: u64 = 32 << 20;

impl Capacity {
    /// What a device takes, by its kind (as [`AdapterDescription`](super::AdapterDescription) has it) and its limits.
    ///
    /// The rows are chosen so that no dispatch comes near the seconds after which systems reset a device: a software
    /// adapter takes milliseconds for a signature, an integrated one some ten microseconds, a discrete one less than
    /// one.
    ///
    /// `max_bytes` is the largest buffer that can be allocated and bound as a whole. Allocations are rounded up by one in
    /// eight at most, so batches keep to eight ninths of it.
    pub fn of(kind: &str, max_bytes: u64, max_workgroups: u32) -> Self {
        let (signatures, windows) = match kind {
            "discrete" => (1 << 17, 13),
            "software" => (1 << 10, 6),
            _ => (1 << 14, 6),
        };
        let most_rows = max_workgroups.saturating_mul(WORKGROUP) as usize;
        let words = |bytes: u64| usize::try_from(bytes / 4).unwrap_or(usize::MAX);
        let binding_words = words(max_bytes.saturating_sub(LEAST_STEP_BYTES) / 9 * 8);
        Self {
            // A digest is eight words.
            messages: (1 << 20).min(most_rows).min(binding_words / 8),
            message_words: words(MOST_BINDING_BYTES).min(binding_words),
            signatures: signatures
                .min(most_rows)
                .min(binding_words / super::recover::WIDEST_ROW_WORDS),
            windows,
        }
    }
}

/// Invocations in a workgroup of every stage but the probe's, which has as many.
pub const WORKGROUP: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_has_workgroups_of_one_size() {
        for shader in phalanx_shaders::SHADERS {
            assert_eq!(shader.workgroup_size, [WORKGROUP, 1, 1], "{}", shader.name);
        }
    }

    #[test]
    fn capacity_stays_within_limits() {
        let wide = Capacity::of("discrete", 4 << 30, 65_535);
        assert_eq!(wide.signatures, 1 << 17);
        assert_eq!(wide.message_words, 8 << 20);
        let default = Capacity::of("discrete", 128 << 20, 65_535);
        assert!(default.signatures * super::super::recover::WIDEST_ROW_WORDS * 4 <= 128 << 20);
        for capacity in [wide, default] {
            // The columns of the largest batch, as they are allocated.
            let words = capacity.signatures * super::super::recover::WIDEST_ROW_WORDS;
            let limit = if capacity == wide { 4 << 30 } else { 128 << 20 };
            assert!(super::super::queue::capacity(words) <= limit);
        }
        let narrow = Capacity::of("integrated", 1 << 16, 4);
        assert!(narrow.messages <= 256 && narrow.messages * 32 <= 1 << 16);
        assert!(narrow.message_words * 4 <= 1 << 16);
        assert!(Capacity::of("software", 128 << 20, 65_535).signatures <= 1 << 10);
    }
}
