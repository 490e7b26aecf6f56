//! Counts the linear memory of a component.

use wasmtime::ResourceLimiter;

/// A limiter that counts octets, and denies more of them if told so.
#[derive(Default)]
pub struct LinearMemory {
    octets: usize,
    /// Each is a `memory.grow`.
    growths: usize,
    /// Growths that are left, if not all are granted.
    granted: Option<usize>,
    denies_growth: bool,
}

impl LinearMemory {
    /// The size, which never shrinks.
    pub fn octets(&self) -> usize {
        self.octets
    }

    /// How often it has grown.
    pub fn growths(&self) -> usize {
        self.growths
    }

    /// From now on, the memory grows so many times; then `memory.grow` fails. `None` is no limit.
    pub fn grant_growths(&mut self, granted: Option<usize>) {
        self.granted = granted;
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
        if let Some(granted) = &mut self.granted {
            let Some(left) = granted.checked_sub(1) else {
                return Ok(false);
            };
            *granted = left;
        }
        self.octets += desired - current;
        // The first is the memory that the instance begins with.
        self.growths += usize::from(current > 0);
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}
