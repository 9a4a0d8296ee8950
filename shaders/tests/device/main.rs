//! Shaders on devices against their twins, where there is a device; Mesa's lavapipe, a Vulkan driver on the CPU, counts.

mod device;
mod multiply;
mod recovery;
mod signatures;
mod stages;
