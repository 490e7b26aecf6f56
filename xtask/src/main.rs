//! `cargo xtask COMMAND`: builds the component, shows it at work, tests everything.
//!
//! It needs only Rust: it installs other tools on the way, and names them. It has few dependencies, because a
//! newcomer waits for them first.

mod bench;
mod component;
mod component_docs;
mod component_names;
mod debian;
mod demo;
mod dist;
mod docs;
mod example;
mod fuzz;
mod hosts;
mod hunt;
mod npm;
mod optimizer;
mod process;
mod program;
mod project;
mod report;
mod rustup;
mod supply;
mod test;
mod toolchain;
mod totals;
mod unavailable;

use std::{env, ffi::OsString, process::ExitCode};

use anyhow::{Result, bail};
use project::Project;

const HELP: &str = "\
cargo xtask build        make dist/envoi.wasm, the component; dist/envoi-p3.wasm, the one for WASI 0.3;
                         dist/envoi-wide.wasm, the faster one for hosts with wide arithmetic;
                         dist/envoi-compose.wasm, which only composes and signs; dist/envoi-oauth.wasm, which
                         gets OAuth 2.0 tokens
cargo xtask build p3     make dist/envoi-p3.wasm alone
cargo xtask build oauth  make dist/envoi-oauth.wasm alone
cargo xtask checks       make dist/checks.wasm and dist/checks-wide.wasm, which test the cryptography
                         in WebAssembly
cargo xtask cli          make dist/envoi-cli.wasm too, which sends messages from a command line
cargo xtask login        make dist/envoi-login.wasm, which gets a refresh token by a person's consent
cargo xtask npm          make dist/npm/envoi, the package for Node
cargo xtask demo [ARGS]  send a message through it and show the conversation; --help lists ARGS
cargo xtask example      list the examples
cargo xtask example NAME build that example, and send a message through it
cargo xtask guest LANGUAGE FOLDER
                         make FOLDER/mailing.wasm of your own guest, which began as a copy of an example's folder,
                         composed with dist/envoi.wasm; LANGUAGE is rust, javascript, python, c or go
cargo xtask test         test everything, real servers included
cargo xtask hunt [PART]  the long forms of the tests that hunt for crashes, hangs and lost messages (hours)
cargo xtask supply       check licences, sources, versions and known faults of all dependencies
cargo xtask fuzz [TARGET] [--seconds N]
                         run all fuzz targets, or one, for 60 seconds each. After TARGET, paths of inputs run these
                         once
cargo xtask hosts        have each host deliver a message, and write the table of docs/hosts.md
cargo xtask bench [PART] measure everything, or the parts tls, arithmetic, compose, rounds, throughput, cold, bulk,
                         calls, growth, pool, and write bench/results.md
cargo xtask docs         write the generated pages of docs/
cargo xtask unicode      write unicode/src/tables.bin, from the data of crates in Cargo.lock
cargo xtask book         make a book of docs/ in target/book/, and follow the links of all pages
cargo xtask dist         make dist/release/, the files of a release of this commit; --check makes it again in
                         a clone, and compares the sums; --publish REGISTRY pushes it to an OCI registry, such as
                         ghcr.io/ORGANISATION
cargo xtask publish-check
                         publish dist/release/ to registries on loopback, fetch from them as a stranger does, and
                         send messages with what came
cargo xtask help         show this

ENVOI_TOOLCHAIN=rustup   build with rustup's wasm32 target only
ENVOI_TOOLCHAIN=debian   build with Debian's Rust, which compiles the standard library too; the default if
                         rustup cannot fetch the target
CI=true                  `test` fails if it leaves anything out";

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
        [Some("build"), Some("p3")] => component::build_async(&project).map(|_| ExitCode::SUCCESS),
        [Some("build"), Some("oauth")] => {
            component::build_oauth(&project, &component::toolchain()?).map(|()| ExitCode::SUCCESS)
        }
        [Some("checks")] => checks(&project).map(|()| ExitCode::SUCCESS),
        [Some("cli")] => cli(&project).map(|()| ExitCode::SUCCESS),
        [Some("login")] => {
            component::build_login(&project, &component::toolchain()?).map(|()| ExitCode::SUCCESS)
        }
        [Some("npm")] => npm::build(&project).map(|()| ExitCode::SUCCESS),
        [Some("demo"), ..] => demo::run(&project, &arguments[1..]),
        [Some("example")] => {
            println!("{}", example::list());
            Ok(ExitCode::SUCCESS)
        }
        [Some("example"), Some(name)] => example::show(&project, name).map(|()| ExitCode::SUCCESS),
        [Some("guest"), Some(language), Some(folder)] => {
            example::guest::make_own(&project, language, folder.as_ref())
                .map(|()| ExitCode::SUCCESS)
        }
        [Some("fuzz"), ..] => fuzz::run(&project, &arguments[1..]).map(|()| ExitCode::SUCCESS),
        [Some("hosts")] => hosts::measure(&project).map(|()| ExitCode::SUCCESS),
        [Some("test")] => test::run(&project),
        [Some("hunt"), ..] => {
            let parts: Vec<_> = words.iter().skip(1).copied().flatten().collect();
            hunt::go(&project, &parts).map(|()| ExitCode::SUCCESS)
        }
        [Some("supply")] => supply::run(&project).map(|()| ExitCode::SUCCESS),
        [Some("bench"), ..] => {
            let parts: Vec<_> = words.iter().skip(1).copied().flatten().collect();
            bench::measure(&project, &parts).map(|()| ExitCode::SUCCESS)
        }
        [Some("dist"), how @ ..] => release(&project, how).map(|()| ExitCode::SUCCESS),
        [Some("publish-check")] => dist::check_published(&project).map(|()| ExitCode::SUCCESS),
        [Some("docs")] => docs::write(&project).map(|()| ExitCode::SUCCESS),
        [Some("unicode")] => unicode(&project).map(|()| ExitCode::SUCCESS),
        [Some("book")] => docs::book(&project).map(|()| ExitCode::SUCCESS),
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

fn release(project: &Project, how: &[Option<&str>]) -> Result<()> {
    match how {
        [] => dist::make(project),
        [Some("--check")] => dist::check(project),
        [Some("--publish"), Some(url)] => dist::publish(project, url),
        _ => bail!("`cargo xtask dist` has the options --check and --publish REGISTRY"),
    }
}

fn checks(project: &Project) -> Result<()> {
    component::build_checks(project, &component::toolchain()?)
}

fn cli(project: &Project) -> Result<()> {
    let toolchain = component::build_portable(project)?;
    component::build_cli(project, &toolchain)
}

/// A program of its own: compiled into xtask, Unicode's data delays every command.
fn unicode(project: &Project) -> Result<()> {
    let mut cargo = project.cargo();
    process::run(cargo.args([
        "run",
        "--profile",
        "xtask",
        "--package",
        "envoi-unicode",
        "--example",
        "tables",
    ]))
}
