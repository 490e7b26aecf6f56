//! The machine and the versions that the figures are for.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The processor, its cores, the system and the host.
pub fn describe() -> String {
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about.lines().find(|line| line.starts_with("model name"));
    let processor = model
        .and_then(|line| line.split(':').nth(1))
        .map_or("a processor without a name", str::trim);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{processor}, {cores} cores, {} {}; wasmtime 48",
        std::env::consts::OS,
        kernel.trim()
    )
}

/// A package's name, and its version in a lock file of Cargo.
pub fn locked(lock: &Path, name: &str) -> String {
    let lock = fs::read_to_string(lock).unwrap_or_default();
    let entry = lock.split("[[package]]").find(|entry| {
        entry
            .lines()
            .any(|line| line == format!("name = \"{name}\""))
    });
    let version = entry.and_then(|entry| entry.split("version = \"").nth(1));
    let version = version.and_then(|rest| rest.split('"').next());
    format!("{name} {}", version.unwrap_or("?"))
}

/// The processor time of this process so far: all threads, and the kernel's work for it.
pub fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        time.tv_nsec.unsigned_abs() as u32,
    )
}

/// The peak memory of this process in octets, if the system reports it.
pub fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib * 1024)
}
