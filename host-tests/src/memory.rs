//! Counts the linear memory of a component.

use wasmtime::ResourceLimiter;

/// A limiter that counts octets, and denies more of them if told so.
#[derive(Default)]
pub struct LinearMemory {
    octets: usize,
    denies_growth: bool,
}

impl LinearMemory {
    /// The size, which never shrinks.
    pub fn octets(&self) -> usize {
        self.octets
    }

    /// From now on, a component that needs more memory traps.
    pub fn deny_growth(&mut self) {
        self.denies_growth = true;
    }
}

impl ResourceLimiter for LinearMemory {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if self.denies_growth {
            return Err(wasmtime::Error::msg("the memory must not grow any more"));
        }
        self.octets += desired - current;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}
