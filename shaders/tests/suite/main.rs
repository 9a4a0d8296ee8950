//! Twins against k256 and the kernels; shaders on devices against their twins, where there is a device. Mesa's lavapipe, a
//! Vulkan driver on the CPU, counts as one.

mod device;
mod levels;
mod multiply;
mod recovery;
mod signatures;
mod stages;
mod twins;
