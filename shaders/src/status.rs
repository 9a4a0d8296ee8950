//! What a recovery on a device says of a row. The build script reads this file as well: shaders have the same codes.

/// Code of a row, in the order in which the causes are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// The address is there.
    Ok = 1,
    /// The recovery id is not 0 or 1.
    RecoveryId = 2,
    /// r is zero or at least n.
    ROutOfRange = 3,
    /// s is zero or at least n.
    SOutOfRange = 4,
    /// s is above n/2 where the low half is required.
    HighS = 5,
    /// No point has x = r.
    NotOnCurve = 6,
    /// A sum met an equal or an opposite point: the shader does not say what comes of it.
    Redo = 7,
}

impl Status {
    /// Every status with its name in WGSL. Zero is none of them: it is what a device leaves that writes nothing.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Ok, "STATUS_OK"),
        (Self::RecoveryId, "STATUS_RECOVERY_ID"),
        (Self::ROutOfRange, "STATUS_R_OUT_OF_RANGE"),
        (Self::SOutOfRange, "STATUS_S_OUT_OF_RANGE"),
        (Self::HighS, "STATUS_HIGH_S"),
        (Self::NotOnCurve, "STATUS_NOT_ON_CURVE"),
        (Self::Redo, "STATUS_REDO"),
    ];

    /// The status of a code.
    pub fn from_code(code: u32) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find_map(|(status, _)| (status as u32 == code).then_some(status))
    }
}
