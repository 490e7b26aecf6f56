//! `cargo xtask test`: runs every check, the quickest first, and ends with one line of totals.

use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    process::{ExitCode, Stdio},
    thread,
};

use anyhow::{Context, Result, anyhow, bail, ensure};

use crate::{
    component, docs,
    example::{contact_form, guest, wasi03},
    fuzz, npm,
    process::{answer, cores, run as run_program},
    project::Project,
    report::{NOT_RUN, Report, VARIABLE},
    rustup, supply,
    toolchain::{self, Toolchain, Way},
    totals::Totals,
};

/// The target of Rust guests that use the crate as a library.
const LIBRARY_TARGET: &str = "wasm32-wasip2";

const ALL_TESTS: &[&str] = &["--workspace"];

/// The cases that run the component in a host, over `dist/envoi-p3.wasm`. Of the whole workspace, because
/// dependencies that are compiled with other features are compiled again.
const ASYNC_TESTS: &[&str] = &[
    "--workspace",
    "--features",
    "host-tests/p3",
    "--test",
    "host",
];

/// How many tests of a program run at the same time.
const TEST_THREADS: &str = "RUST_TEST_THREADS";

/// What clippy reads: all that is compiled for WASI 0.2, and what is for WASI 0.3 only. envoi's own tests have
/// nothing that is for WASI 0.3 only.
const CLIPPY: [&[&str]; 3] = [
    &["--workspace", "--all-targets"],
    &[
        "--workspace",
        "--all-targets",
        "--features",
        "host-tests/p3",
    ],
    &[
        "--package",
        "envoi",
        "--lib",
        "--no-default-features",
        "--features",
        "component-p3",
    ],
];

pub(crate) fn run(project: &Project) -> Result<ExitCode> {
    let report = Report::create(&project.target)?;
    let mut totals = Totals::default();
    let outcome = steps(project, &report, &mut totals);
    let lines = report.lines()?;
    report.headline("report");
    lines.iter().for_each(|line| println!("{line}"));
    totals.skipped += lines
        .iter()
        .filter(|line| line.starts_with(NOT_RUN))
        .count();
    let outcome = outcome.and_then(|()| check_nothing_left_out(&totals));
    if let Err(error) = &outcome {
        println!("failed: {error:#}");
    }
    if outcome.is_err() && totals.failed == 0 {
        totals.failed = 1; // A step other than a test failed.
    }
    println!("{totals}");
    Ok(if outcome.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn steps(project: &Project, report: &Report, totals: &mut Totals) -> Result<()> {
    report.headline("formatting");
    lint(project, report, &["fmt", "--all", "--check"])?;
    report.headline("clippy");
    for selection in CLIPPY {
        let lints = ["--", "--deny", "warnings"];
        lint(project, report, &[&["clippy"], selection, &lints].concat())?;
    }
    report.headline("supply chain");
    supply::check(project, report)?;
    report.headline("documentation");
    docs::check(project)?;
    // The components are linked by one thread, so the other cores have time.
    let (compiled, built) = meanwhile(
        || compile_tests(project),
        || build_components(project, report),
    )?;
    built.and(compiled)?;
    // Tests wait for servers and timeouts. Fuzzing takes the time that they leave.
    report.headline("fuzzing, beside the tests");
    let (fuzzed, tested) = meanwhile(
        || fuzz::test(project, report),
        || run_tests(project, report, totals),
    )?;
    tested.and(fuzzed)
}

/// Runs both at the same time, the first in a thread of its own.
fn meanwhile<A: Send, B>(
    aside: impl FnOnce() -> A + Send,
    work: impl FnOnce() -> B,
) -> Result<(A, B)> {
    let (aside, worked) = thread::scope(|scope| {
        let aside = scope.spawn(aside);
        let worked = work();
        (aside.join(), worked)
    });
    Ok((aside.map_err(|_| anyhow!("a thread failed"))?, worked))
}

fn build_components(project: &Project, report: &Report) -> Result<()> {
    report.headline("components, while the tests are compiled");
    let toolchain = component::build(project)?;
    report.headline("the checks of the cryptography");
    component::build_checks(project, &toolchain)?;
    report.headline("the guests of docs/languages/");
    guest::build_all(project, &toolchain, report)?;
    report.headline("the contact form");
    contact_form::build_all(project, &toolchain, report)?;
    report.headline("the callers for WASI 0.3");
    wasi03::build_all(project, &toolchain, report)?;
    report.headline("the command line of docs/cli.md");
    component::build_cli(project, &toolchain)?;
    report.headline("the login of docs/providers.md");
    component::build_login(project, &toolchain)?;
    component::build_guest_oauth(project, &toolchain)?;
    report.headline("the component of the demo");
    component::build_demo(project, &toolchain)?;
    report.headline("the mail worker's component");
    component::build_mail_worker(project, &toolchain)?;
    report.headline("the package for Node");
    npm::build_for_tests(project, report)?;
    report.headline("the crate for wasm32-wasip2");
    check_library(project, report, toolchain)
}

fn compile_tests(project: &Project) -> Result<()> {
    for selection in [ALL_TESTS, ASYNC_TESTS] {
        let mut cargo = project.cargo();
        run_program(cargo.args(["test", "--no-run", "--quiet"]).args(selection))?;
    }
    Ok(())
}

/// All test programs, whose components are built.
pub(crate) fn run_tests(project: &Project, report: &Report, totals: &mut Totals) -> Result<()> {
    report.headline("tests");
    let all = cargo_test(project, report, totals, ALL_TESTS);
    report.headline("the tests of the component, for WASI 0.3");
    all.and(cargo_test(project, report, totals, ASYNC_TESTS))
}

/// Runs a cargo command that a minimal Rust installation lacks.
fn lint(project: &Project, report: &Report, arguments: &[&str]) -> Result<()> {
    let name = arguments.first().context("no command")?;
    if answer(project.cargo().args([name, "--version"])).is_none() {
        let component = if *name == "fmt" { "rustfmt" } else { name };
        return report.not_run(&format!(
            "cargo {name}: `rustup component add {component}` installs it"
        ));
    }
    run_program(project.cargo().args(arguments))
}

fn check_library(project: &Project, report: &Report, toolchain: Toolchain) -> Result<()> {
    let toolchain = if toolchain.way == Way::Debian || rustup::has_target(LIBRARY_TARGET) {
        toolchain
    } else if in_ci() {
        toolchain::set_up(LIBRARY_TARGET)?
    } else {
        return report.not_run(&format!(
            "check for {LIBRARY_TARGET}: `rustup target add {LIBRARY_TARGET}` installs it"
        ));
    };
    let mut cargo = toolchain.cargo(project);
    // The component's profile: its macros are compiled already.
    cargo.args([
        "check",
        "--package",
        "envoi",
        "--lib",
        "--profile",
        "component",
    ]);
    run_program(cargo.args(["--target", LIBRARY_TARGET]))
}

/// After a test program fails, the others still run. More tests run at the same time than there are cores, because
/// they wait half of their time.
fn cargo_test(
    project: &Project,
    report: &Report,
    totals: &mut Totals,
    selection: &[&str],
) -> Result<()> {
    let mut cargo = project.cargo();
    cargo
        .args(["test", "--no-fail-fast"])
        .args(selection)
        .env(VARIABLE, report.path());
    if env::var_os(TEST_THREADS).is_none() {
        cargo.env(TEST_THREADS, (2 * cores() + 1).to_string());
    }
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let output = child.stdout.take().context("no output of cargo")?;
    pass_through(output, io::stdout(), |line| totals.add(line))?;
    let status = child.wait()?;
    ensure!(
        status.success(),
        "cargo test failed ({status}); its reasons are above"
    );
    ensure!(totals.passed > 0, "cargo test ran no test");
    Ok(())
}

/// Shows each line of the output as it comes, and passes it to `read`. Whole lines, because cargo itself
/// writes between them.
fn pass_through(
    source: impl Read,
    mut sink: impl Write,
    mut read: impl FnMut(&str),
) -> io::Result<()> {
    let mut source = BufReader::new(source);
    let mut line = Vec::new();
    while source.read_until(b'\n', &mut line)? > 0 {
        sink.write_all(&line)?;
        read(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(())
}

fn check_nothing_left_out(totals: &Totals) -> Result<()> {
    if in_ci() && totals.skipped > 0 {
        bail!("{} left out, which CI does not allow", totals.skipped);
    }
    Ok(())
}

fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| !["", "0", "false"].contains(&value.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns one byte at a time.
    struct Slowly<'a>(&'a [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    #[test]
    fn output_passes_unchanged_and_lines_are_read_whole() {
        let output = b"running 1 test\ntest a ... ok\nno line end \xff";
        let (mut shown, mut lines) = (Vec::new(), Vec::new());
        pass_through(Slowly(output), &mut shown, |line| {
            lines.push(line.to_owned())
        })
        .unwrap();
        assert_eq!(shown, output);
        assert_eq!(
            lines,
            [
                "running 1 test\n",
                "test a ... ok\n",
                "no line end \u{fffd}"
            ]
        );
    }
}
