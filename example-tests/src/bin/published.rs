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
    println!("The tools");
    let tools: [(&str, Fetch); 5] = [
        ("wkg", setup::wkg),
        ("wac", setup::wac),
        ("wasmtime", site::wasmtime),
        ("docker-registry", setup::docker_registry),
        ("verdaccio", setup::verdaccio),
    ];
    for (name, fetch) in tools {
        if ["wkg", "wac"].contains(&name) && !setup::folder(name).exists() {
            println!("  {name} is compiled (some minutes, once)");
        }
        let start = Instant::now();
        fetch()?;
        println!("  {name}: {:.1} s", start.elapsed().as_secs_f32());
    }
    published::oci()?;
    published::npm()
}
