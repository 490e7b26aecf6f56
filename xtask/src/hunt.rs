//! `cargo xtask hunt`: the long forms of the tests that hunt for crashes, hangs, and messages lost or sent twice.
//! `cargo xtask test` runs the same tests with smaller numbers.

use std::{
    hint::black_box,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Instant,
};

use anyhow::{Context, Result, bail};

use crate::{
    fuzz,
    process::{cores, run},
    project::Project,
    report::{Report, VARIABLE},
    test,
    totals::Totals,
};

/// Tests that hunt take their large numbers if this is `long`.
const LENGTH: &str = "ENVOI_HUNT";

/// How often `repeat` runs all tests.
const REPETITIONS: usize = 20;

struct Part {
    name: &'static str,
    hunt: Hunt,
}

enum Hunt {
    /// Tests, by the arguments of `cargo test`: one program after the other.
    Tests(&'static [&'static [&'static str]]),
    /// Each target, for an hour.
    Fuzz,
    /// All tests, so many times.
    Repeat(usize),
    /// All tests, while every core has something else to do.
    Loaded,
}

/// The component in a host, over WASI 0.2 and 0.3.
macro_rules! in_a_host {
    ($program:literal, $($tests:literal),+) => {
        Hunt::Tests(&[
            &["--package", "host-tests", "--test", $program, "--", "--nocapture", $($tests),+],
            &[
                "--package", "host-tests", "--features", "host-tests/p3", "--test", $program, "--",
                "--nocapture", $($tests),+
            ],
        ])
    };
}

const PARTS: &[Part] = &[
    Part {
        name: "fuzz",
        hunt: Hunt::Fuzz,
    },
    Part {
        name: "simulation",
        hunt: Hunt::Tests(&[&[
            "--no-default-features",
            "--test",
            "driver",
            "simulation",
            "--",
            "--nocapture",
        ]]),
    },
    Part {
        name: "faults",
        hunt: in_a_host!("host", "faults::"),
    },
    Part {
        name: "loss",
        hunt: in_a_host!("real", "loss::"),
    },
    Part {
        name: "smuggling",
        hunt: in_a_host!("real", "smuggling::"),
    },
    Part {
        name: "soak",
        hunt: in_a_host!("host", "soak::", "many_instances::"),
    },
    Part {
        name: "repeat",
        hunt: Hunt::Repeat(REPETITIONS),
    },
    Part {
        name: "loaded",
        hunt: Hunt::Loaded,
    },
];

pub(crate) fn names() -> String {
    let names: Vec<_> = PARTS.iter().map(|part| part.name).collect();
    names.join(", ")
}

/// Hunts by the named parts, or by all.
pub(crate) fn go(project: &Project, chosen: &[&str]) -> Result<()> {
    for name in chosen {
        if !PARTS.iter().any(|part| part.name == *name) {
            bail!("no part `{name}` of the hunt; the parts are {}", names());
        }
    }
    let report = Report::create(&project.target)?;
    let is_chosen = |part: &&Part| chosen.is_empty() || chosen.contains(&part.name);
    for part in PARTS.iter().filter(is_chosen) {
        report.headline(part.name);
        let hunted = hunt(project, &report, &part.hunt);
        hunted.with_context(|| format!("cargo xtask hunt {}", part.name))?;
    }
    report.headline("report");
    report.lines()?.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn hunt(project: &Project, report: &Report, hunt: &Hunt) -> Result<()> {
    match hunt {
        Hunt::Tests(programs) => programs.iter().try_for_each(|arguments| {
            let mut cargo = project.cargo();
            cargo.arg("test").args(*arguments).env(LENGTH, "long");
            run(cargo.env(VARIABLE, report.path()))
        }),
        Hunt::Fuzz => fuzz::hunt_long(project, report),
        Hunt::Repeat(times) => (1..=*times).try_for_each(|time| {
            println!("all tests, run {time} of {times}");
            all_tests(project, report)
        }),
        Hunt::Loaded => beside_load(|| all_tests(project, report)),
    }
}

/// What the report says of it is a line: the tests' own lines are those of `cargo xtask test`.
fn all_tests(project: &Project, report: &Report) -> Result<()> {
    let (begun, mut totals) = (Instant::now(), Totals::default());
    test::run_tests(project, report, &mut totals)?;
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    report.line(&format!("all tests: {totals} in {minutes:.1} minutes"))
}

/// Keeps every core busy until `work` ends.
fn beside_load<T>(work: impl FnOnce() -> T) -> T {
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..cores() {
            scope.spawn(|| {
                let mut number = 0_u64;
                while !is_done.load(Ordering::Relaxed) {
                    number = black_box(number.wrapping_mul(5).wrapping_add(1));
                }
            });
        }
        let result = work();
        is_done.store(true, Ordering::Relaxed);
        result
    })
}
