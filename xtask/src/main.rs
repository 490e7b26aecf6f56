//! `cargo xtask COMMAND`: builds the component, shows it at work, tests everything.
//!
//! Nothing but Rust is needed beforehand: what else is missing is set up on the way, and named.
//! Few dependencies, because this is the first thing that a newcomer waits for.

mod bench;
mod component;
mod debian;
mod demo;
mod docs;
mod optimizer;
mod process;
mod project;
mod report;
mod rustup;
mod test;
mod toolchain;
mod totals;

use std::{env, ffi::OsString, process::ExitCode};

use anyhow::{Result, bail};
use project::Project;

const HELP: &str = "\
cargo xtask build        make dist/envoi.wasm, the component, and dist/envoi-wide.wasm, the faster
                         one for hosts with wide arithmetic
cargo xtask cli          make dist/envoi-cli.wasm too, which sends messages from a command line
cargo xtask demo [ARGS]  send a message through it and show the conversation; --help lists ARGS
cargo xtask test         test everything, real servers included
cargo xtask bench        measure everything, and write docs/performance.md; or what is named: tls,
                         rounds, throughput, cold, bulk, calls, growth
cargo xtask docs         write the generated pages of docs/
cargo xtask help         show this

ENVOI_TOOLCHAIN=rustup   build with rustup's wasm32 target, or not at all
ENVOI_TOOLCHAIN=debian   build with Debian's Rust, which compiles the standard library as well;
                         otherwise taken where rustup cannot fetch the target
CI=true                  let `test` fail where something could not be run";

fn main() -> ExitCode {
    match run(env::args_os().skip(1).collect()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<OsString>) -> Result<ExitCode> {
    let project = Project::find()?;
    let words: Vec<_> = arguments.iter().map(|word| word.to_str()).collect();
    match words.as_slice() {
        [Some("build")] => component::build(&project).map(|_| ExitCode::SUCCESS),
        [Some("cli")] => cli(&project).map(|()| ExitCode::SUCCESS),
        [Some("demo"), ..] => demo::run(&project, &arguments[1..]),
        [Some("test")] => test::run(&project),
        [Some("bench"), ..] => {
            let parts: Vec<_> = words.iter().skip(1).copied().flatten().collect();
            bench::measure(&project, &parts).map(|()| ExitCode::SUCCESS)
        }
        [Some("docs")] => docs::write(&project).map(|()| ExitCode::SUCCESS),
        [] | [Some("help" | "--help" | "-h")] => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!(
            "cannot `{}`\n\n{HELP}",
            arguments.join(" ".as_ref()).display()
        ),
    }
}

fn cli(project: &Project) -> Result<()> {
    let toolchain = component::build_portable(project)?;
    component::build_cli(project, &toolchain)
}
