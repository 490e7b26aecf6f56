//! `cargo xtask publish-check`: publishes `dist/release/` to registries on loopback, fetches from them as a stranger, and
//! sends messages with what came.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use example_tests::{published, site};

type Fetch = fn() -> Result<PathBuf, String>;

fn main() -> ExitCode {
    let start = Instant::now();
    match run() {
        Ok(()) => {
            let seconds = start.elapsed().as_secs();
            println!(
                "publish-check: what was published came back, and each delivered a message; {seconds} s"
            );
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("publish-check: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let tools: [(&str, Fetch); 5] = [
        ("wkg, compiled once (minutes)", setup::wkg),
        ("wac, compiled once (minutes)", setup::wac),
        ("wasmtime", site::wasmtime),
        ("docker-registry", setup::docker_registry),
        ("verdaccio", setup::verdaccio),
    ];
    println!("The tools");
    for (what, fetch) in tools {
        let start = Instant::now();
        fetch()?;
        println!("  {what}: {:.1} s", start.elapsed().as_secs_f32());
    }
    published::oci()?;
    published::npm()
}
