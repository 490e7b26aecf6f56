//! Measures the operations of a handshake, a record or a block of content, each separately, for two tables in
//! bench/results.md.

use std::env;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bench::page::{Page, table};
use bench::stats::Runs;
use bench::{host, machine};
use bench_arithmetic::content::{self, BLOCK};
use wasmtime::{Instance, Module, Result, Store, bail};

/// An export of `bench-arithmetic`, its description, and the number of repetitions of one measurement.
const ROWS: [(&str, &str, u32); 9] = [
    ("p256", "ECDSA P-256, verified", 20),
    ("p384", "ECDSA P-384, verified", 10),
    ("rsa_2048", "RSA-2048, verified", 50),
    ("x25519", "X25519, both steps", 100),
    ("ml_kem_768", "a key of ML-KEM-768", 100),
    ("sha_256", "SHA-256, 16 KiB", 200),
    ("chacha20_poly1305", "ChaCha20-Poly1305, 16 KiB", 500),
    ("aes_128_gcm", "AES-128-GCM, 16 KiB", 50),
    ("aes_256_gcm", "AES-256-GCM, 16 KiB", 50),
];

/// The same of a block of content, with the function itself, which runs natively.
type Native = extern "C" fn(u32);
const CONTENT: [(&str, Native, &str); 5] = [
    (
        "scan_crlf",
        content::scan_crlf,
        "scan, lines of 76 octets and CRLF",
    ),
    ("scan_lf", content::scan_lf, "scan, of 76 octets and LF"),
    (
        "stuff_crlf",
        content::stuff_crlf,
        "dot-stuffing, lines of 76 octets and CRLF",
    ),
    (
        "stuff_lf",
        content::stuff_lf,
        "dot-stuffing, of 76 octets and LF",
    ),
    (
        "stuff_dots",
        content::stuff_dots,
        "dot-stuffing, of 76 octets and CRLF, each with a dot to double",
    ),
];
/// How often a block is worked on between two looks at the clock.
const BLOCKS: u32 = 200;
const RUNS: usize = 21;

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [portable, wide, page] = arguments.as_slice() else {
        bail!("usage: arithmetic PORTABLE.wasm WIDE.wasm PAGE.md");
    };
    let (mut portable, mut wide) = (Arithmetic::load(portable)?, Arithmetic::load(wide)?);
    let mut rows = vec![["", "portable", "wide"].map(String::from).to_vec()];
    for (export, what, times) in ROWS {
        let runs = (0..RUNS)
            .map(|_| Ok((portable.time(export, times)?, wide.time(export, times)?)))
            .collect::<Result<Vec<_>>>()?;
        let (portable, wide): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
        rows.push(vec![what.into(), show(portable), show(wide)]);
    }
    let machine = machine::describe();
    let page = Page::at(page);
    page.write("arithmetic", &format!("{}\n{machine}.\n", table(&rows)))?;
    let rows = table(&content_rows(&mut portable)?);
    page.write("arithmetic, content", &format!("{rows}\n{machine}.\n"))
}

/// The speed of the scan and of dot-stuffing, natively and in the component.
fn content_rows(portable: &mut Arithmetic) -> Result<Vec<Vec<String>>> {
    let mut rows = vec![["MB/s", "native", "envoi.wasm"].map(String::from).to_vec()];
    for (export, native, what) in CONTENT {
        let runs = (0..RUNS)
            .map(|_| {
                let start = Instant::now();
                native(BLOCKS);
                Ok((rate(start.elapsed()), rate(portable.call(export, BLOCKS)?)))
            })
            .collect::<Result<Vec<_>>>()?;
        let (native, portable): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
        let fastest = |rates| format!("{:.0}", Runs::new(rates).most());
        rows.push(vec![what.into(), fastest(native), fastest(portable)]);
    }
    Ok(rows)
}

/// MB/s.
fn rate(time: Duration) -> f64 {
    f64::from(BLOCKS) * BLOCK as f64 / 1e6 / time.as_secs_f64()
}

/// In microseconds.
fn show(runs: Vec<f64>) -> String {
    format!("{:.0}", Runs::new(runs).median())
}

/// The core module `bench-arithmetic`.
struct Arithmetic {
    store: Store<()>,
    instance: Instance,
}

impl Arithmetic {
    fn load(path: &Path) -> Result<Self> {
        let engine = host::engine()?;
        let module = Module::from_file(&engine, path)?;
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[])?;
        Ok(Self { store, instance })
    }

    /// Microseconds of one repetition, without the preparation before the first.
    fn time(&mut self, export: &str, times: u32) -> Result<f64> {
        let (nothing, all) = (self.call(export, 0)?, self.call(export, times)?);
        Ok(all.saturating_sub(nothing).as_secs_f64() * 1e6 / f64::from(times))
    }

    fn call(&mut self, export: &str, times: u32) -> Result<Duration> {
        let work = self
            .instance
            .get_typed_func::<u32, ()>(&mut self.store, export)?;
        let start = Instant::now();
        work.call(&mut self.store, times)?;
        Ok(start.elapsed())
    }
}
