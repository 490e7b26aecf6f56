//! The fuzz targets of `fuzz/`: compiled once, then each runs for some time, several at once.
//!
//! They run on the Rust in use, without a sanitizer: the code under test is safe Rust, and a sanitizer needs a nightly
//! compiler. The short form begins with the same number each time: from the seeds alone, it tries on old code what it
//! tried before, and goes other ways as soon as the code changes. What reaches new code stays below `target/`, and the
//! next run on this machine begins with it.

use std::{
    collections::VecDeque,
    env,
    ffi::{OsStr, OsString},
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail, ensure};

use crate::{
    process::{answer, cores, in_the_background, run as run_program},
    project::{Project, forget_this_package},
    report::Report,
    unavailable::Unavailable,
};

const SHORT: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(60 * 60);

/// A hang is a finding, and so is memory that grows. Inputs take milliseconds, and a process some 100 MB; a machine
/// with other work may be slow.
const LIMITS: [&str; 3] = ["-timeout=25", "-rss_limit_mb=1024", "-max_len=8192"];

/// How a command asks for targets.
#[derive(Default)]
struct Wanted {
    /// All if there is none.
    target: Option<String>,
    seconds: Option<u64>,
    /// Inputs to try once, instead of new ones.
    inputs: Vec<PathBuf>,
}

/// What a target has done.
struct Outcome {
    executions: u64,
    /// Edges of its control flow that were reached.
    edges: u64,
    finding: Option<String>,
}

/// The targets that were compiled, and where their files are.
struct Targets {
    names: Vec<String>,
    programs: PathBuf,
    /// `fuzz/`.
    sources: PathBuf,
    /// Corpora, findings and logs.
    files: PathBuf,
}

/// `cargo xtask fuzz [TARGET [INPUT...]] [--seconds N]`
pub(crate) fn run(project: &Project, arguments: &[OsString]) -> Result<()> {
    let wanted = Wanted::read(arguments)?;
    let mut targets = Targets::build(project)?;
    if let Some(target) = &wanted.target {
        let known = targets.names.join(", ");
        targets.names.retain(|name| name == target);
        ensure!(!targets.names.is_empty(), "no target {target}: {known}");
    }
    if !wanted.inputs.is_empty() {
        let inputs = wanted
            .inputs
            .iter()
            .map(|input| env::current_dir().unwrap_or_default().join(input));
        return run_program(targets.program(&targets.names[0]).args(LIMITS).args(inputs));
    }
    let time = wanted.seconds.map(Duration::from_secs);
    println!("{}", targets.hunt(time.unwrap_or(SHORT))?);
    Ok(())
}

/// The step of `cargo xtask test`.
pub(crate) fn test(project: &Project, report: &Report) -> Result<()> {
    let format = ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"];
    if answer(project.cargo().args(["fmt", "--version"])).is_some() {
        run_program(project.cargo().args(format))?;
    }
    match Targets::build(project) {
        Ok(targets) => report.measured("fuzzing", &targets.hunt(SHORT)?),
        Err(error) if error.is::<Unavailable>() => report.not_run(&format!("fuzzing: {error}")),
        Err(error) => Err(error),
    }
}

/// `cargo xtask hunt fuzz`.
pub(crate) fn hunt_long(project: &Project, report: &Report) -> Result<()> {
    report.measured("fuzzing", &Targets::build(project)?.hunt(LONG)?)
}

impl Wanted {
    fn read(arguments: &[OsString]) -> Result<Self> {
        let mut wanted = Self::default();
        let mut words = arguments.iter().map(|word| word.to_string_lossy());
        while let Some(word) = words.next() {
            match &*word {
                "--seconds" => {
                    let seconds = words.next().context("--seconds needs a number")?;
                    wanted.seconds = Some(seconds.parse().context("--seconds needs a number")?);
                }
                option if option.starts_with('-') => bail!("cannot `{option}`"),
                word if wanted.target.is_none() => wanted.target = Some(word.into()),
                input => wanted.inputs.push(input.into()),
            }
        }
        Ok(wanted)
    }
}

impl Targets {
    fn build(project: &Project) -> Result<Self> {
        let cargo_fuzz = setup::cargo_fuzz().map_err(Unavailable)?;
        if answer(Command::new("c++").arg("--version")).is_none() {
            return Err(Unavailable("there is no `c++` here to compile libFuzzer".into()).into());
        }
        let names = names(project)?;
        let host = answer(crate::rustup::rustc().args(["--print", "host-tuple"]))
            .context("rustc does not say for which system it compiles")?;
        let sources = project.root.join("fuzz");
        let files = project.target.join("fuzz");
        let mut build = in_the_background(cargo_fuzz);
        build.args(["build", "--sanitizer", "none", "--codegen-units", "16"]);
        build.arg("--target-dir").arg(&files).current_dir(&sources);
        forget_this_package(&mut build);
        run_program(&mut build)?;
        Ok(Self {
            names,
            programs: files.join(host).join("release"),
            sources,
            files,
        })
    }

    fn program(&self, name: &str) -> Command {
        let mut program = in_the_background(self.programs.join(name));
        program.current_dir(&self.sources);
        program
    }

    /// Runs every target for that time, and returns the line of totals. A finding is an error, after all have run.
    fn hunt(&self, time: Duration) -> Result<String> {
        let begun = Instant::now();
        let waiting = Mutex::new(VecDeque::from_iter(&self.names));
        let outcomes = Mutex::new(Vec::new());
        let work = || -> Result<()> {
            while let Some(name) = next(&waiting) {
                let outcome = self.fuzz(name, time)?;
                outcomes
                    .lock()
                    .map_err(|_| anyhow!("a thread failed"))?
                    .push(outcome);
            }
            Ok(())
        };
        thread::scope(|scope| {
            // So that the ten take two minutes of CI's two cores.
            let workers: Vec<_> = (0..=2 * cores()).map(|_| scope.spawn(work)).collect();
            let mut ends = workers.into_iter().map(|worker| worker.join());
            ends.try_for_each(|end| end.map_err(|_| anyhow!("a thread failed"))?)
        })?;
        let outcomes = outcomes
            .into_inner()
            .map_err(|_| anyhow!("a thread failed"))?;
        let findings: Vec<_> = outcomes
            .iter()
            .filter_map(|one| one.finding.clone())
            .collect();
        let line = format!(
            "{} targets, {} executions, {} edges, {} findings, {} s",
            outcomes.len(),
            outcomes.iter().map(|one| one.executions).sum::<u64>(),
            outcomes.iter().map(|one| one.edges).sum::<u64>(),
            findings.len(),
            begun.elapsed().as_secs()
        );
        ensure!(findings.is_empty(), "{line}\n{}", findings.join("\n"));
        Ok(line)
    }

    /// Runs one target. Its log and what it found stay below `target/fuzz/`.
    fn fuzz(&self, name: &str, time: Duration) -> Result<Outcome> {
        let folder = |kind| -> Result<PathBuf> {
            let folder = self.files.join(kind).join(name);
            fs::create_dir_all(&folder)?;
            Ok(folder)
        };
        let (corpus, artifacts) = (folder("corpus")?, folder("artifacts")?);
        let log = folder("logs")?.join("log.txt");
        let mut program = self.program(name);
        program.args(LIMITS).arg("-print_final_stats=1");
        program.arg(format!("-max_total_time={}", time.as_secs()));
        program.arg(format!("-artifact_prefix={}/", artifacts.display()));
        if time <= SHORT {
            program.arg("-seed=1");
        }
        let dictionary = self.sources.join(format!("dictionaries/{name}.dict"));
        if dictionary.exists() {
            program.arg(format!("-dict={}", dictionary.display()));
        }
        program
            .arg(corpus)
            .arg(self.sources.join("seeds").join(name));
        let (output, errors) = (
            File::create(&log)?,
            File::options().append(true).open(&log)?,
        );
        let status = program.stdout(output).stderr(errors).status();
        let status = status.with_context(|| format!("cannot start the target {name}"))?;
        let outcome = Outcome::read(name, &log, status)?;
        println!(
            "fuzz: {name}: {} executions, {} edges",
            outcome.executions, outcome.edges
        );
        Ok(outcome)
    }
}

impl Outcome {
    fn read(name: &str, log: &Path, status: ExitStatus) -> Result<Self> {
        let text = String::from_utf8_lossy(&fs::read(log)?).into_owned();
        let finding = (!status.success()).then(|| {
            let lines: Vec<_> = text.lines().collect();
            let artifact = text.rsplit_once("Test unit written to ");
            let artifact = artifact.and_then(|(_, rest)| rest.lines().next()).unwrap_or("FILE");
            format!(
                "{}\n{name} has a finding; its log is {}. To repeat it: cargo xtask fuzz {name} {artifact}",
                lines[lines.len().saturating_sub(30)..].join("\n"),
                log.display(),
            )
        });
        Ok(Self {
            executions: last_number(&text, "stat::number_of_executed_units:").unwrap_or(0),
            edges: last_number(&text, " cov:").unwrap_or(0),
            finding,
        })
    }
}

/// The number behind the last `label`.
fn last_number(text: &str, label: &str) -> Option<u64> {
    let (_, rest) = text.rsplit_once(label)?;
    rest.split_whitespace().next()?.parse().ok()
}

fn next<'a>(waiting: &Mutex<VecDeque<&'a String>>) -> Option<&'a String> {
    waiting.lock().ok()?.pop_front()
}

/// The programs of `fuzz/`. Fails if its Cargo.lock is not up to date, which cargo-fuzz would change.
fn names(project: &Project) -> Result<Vec<String>> {
    let arguments = ["--locked", "--manifest-path", "fuzz/Cargo.toml"].map(OsStr::new);
    let metadata = project
        .metadata(&arguments)
        .context("cannot list the targets of fuzz/, whose Cargo.lock has to be up to date")?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let own = packages.filter(|package| package["name"] == "envoi-fuzz");
    let targets = own.filter_map(|package| package["targets"].as_array());
    let programs = targets
        .flatten()
        .filter(|target| target["kind"][0] == "bin");
    let names = programs.filter_map(|target| Some(target["name"].as_str()?.to_owned()));
    Ok(names.collect())
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process};

    use super::*;

    #[test]
    fn a_finding_is_told_with_the_command_that_repeats_it() {
        let log = env::temp_dir().join(format!("fuzz-log-{}", process::id()));
        let text =
            "#9 NEW cov: 7 ft: 8\nassertion failed\nTest unit written to /f/crash-1\nstat::x: 1\n";
        fs::write(&log, text).unwrap();
        let failed = Outcome::read("reply", &log, ExitStatus::from_raw(77 << 8)).unwrap();
        let passed = Outcome::read("reply", &log, ExitStatus::from_raw(0)).unwrap();
        fs::remove_file(&log).unwrap();
        let finding = failed.finding.unwrap();
        assert!(finding.contains("assertion failed"));
        assert!(
            finding.ends_with("cargo xtask fuzz reply /f/crash-1"),
            "{finding}"
        );
        assert_eq!((passed.finding, passed.edges), (None, 7));
    }

    #[test]
    fn the_last_figures_of_a_log_count() {
        let log = "#2 INITED cov: 12 ft: 13\n#9 DONE   cov: 345 ft: 9\nstat::number_of_executed_units: 9\n";
        assert_eq!(last_number(log, " cov:"), Some(345));
        assert_eq!(last_number(log, "stat::number_of_executed_units:"), Some(9));
        assert_eq!(last_number("", " cov:"), None);
    }

    #[test]
    fn a_target_its_inputs_and_the_time_are_read() {
        let words = ["reply", "crash-1", "--seconds", "5"].map(OsString::from);
        let wanted = Wanted::read(&words).unwrap();
        assert_eq!(wanted.target.as_deref(), Some("reply"));
        assert_eq!((wanted.seconds, wanted.inputs.len()), (Some(5), 1));
        assert!(Wanted::read(&["--second".into()]).is_err());
    }
}
