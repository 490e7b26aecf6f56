//! Finds or installs the compiler from Rust to WebAssembly.
//!
//! It tries two ways: the Rust in use with rustup's files for the target; and, if rustup cannot fetch them,
//! Debian's Rust packages, which have the standard library as sources only. An installed toolchain precedes
//! one to be fetched: a machine without a network does not wait for rustup at every build.

use std::{env, path::PathBuf, process::Command};

use anyhow::{Result, bail};

use crate::{debian, process::answer, project::Project, rustup};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    Rustup,
    Debian,
}

/// Compiles the standard library for the target. Cargo restricts this option to nightly compilers;
/// RUSTC_BOOTSTRAP allows it for any.
pub(crate) const BUILD_LIBRARY: &str = "-Zbuild-std=std,panic_abort";

/// Whether a toolchain is installed, or can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum State {
    Ready,
    Obtainable,
    Unobtainable,
}

/// A toolchain that works on this machine.
pub(crate) struct Toolchain {
    pub way: Way,
}

impl Toolchain {
    /// Cargo for `build` or `check` with `--target`.
    pub(crate) fn cargo(&self, project: &Project) -> Command {
        let mut cargo = match self.way {
            Way::Rustup => project.cargo(),
            Way::Debian => debian::cargo(project),
        };
        cargo.env("CARGO_TARGET_DIR", self.target_dir(project));
        cargo
    }

    /// Cargo that compiles the standard library too, for size, with the profile and flags of the other crates.
    /// The compiled one is for speed, unwinds, and words panics, which nobody reads here.
    pub(crate) fn cargo_with_library(&self, project: &Project) -> Command {
        let mut cargo = self.cargo(project);
        if self.way == Way::Rustup {
            cargo.arg(BUILD_LIBRARY).env("RUSTC_BOOTSTRAP", "1");
        }
        cargo.arg("-Zbuild-std-features=optimize_for_size");
        cargo
    }

    /// The compiler's version, such as `rustc 1.96.0 (ac68faa20 2026-05-25)`.
    pub(crate) fn version(&self) -> Option<String> {
        let mut rustc = match self.way {
            Way::Rustup => rustup::rustc(),
            Way::Debian => Command::new(debian::RUSTC),
        };
        answer(rustc.arg("--version"))
    }

    /// A target directory for each: in a shared one, each makes the other compile everything again.
    pub(crate) fn target_dir(&self, project: &Project) -> PathBuf {
        match self.way {
            Way::Rustup => project.target.clone(),
            Way::Debian => project.target.join("debian"),
        }
    }
}

/// Installs the missing parts for `target`, and prints which toolchain it uses and why.
pub(crate) fn set_up(target: &str) -> Result<Toolchain> {
    let forced = forced_way(env::var("ENVOI_TOOLCHAIN").ok().as_deref())?;
    let (mut rustup, mut debian) = (rustup::state(target), debian::state());
    let mut failures = String::new();
    loop {
        let way = match next_step(forced, rustup, debian) {
            Step::Use(way) => {
                eprintln!("toolchain: {}", describe(way, target, forced, &failures));
                return Ok(Toolchain { way });
            }
            Step::Obtain(way) => way,
            Step::GiveUp => bail!("{}", advice(target, forced, &failures)),
        };
        let (state, obtained) = match way {
            Way::Rustup => (&mut rustup, rustup::obtain(target)),
            Way::Debian => (&mut debian, debian::obtain()),
        };
        *state = if obtained.is_ok() {
            State::Ready
        } else {
            State::Unobtainable
        };
        if let Err(error) = obtained {
            failures += &format!("{error:#}; ");
        }
    }
}

#[derive(Debug, PartialEq)]
enum Step {
    Use(Way),
    Obtain(Way),
    GiveUp,
}

fn next_step(forced: Option<Way>, rustup: State, debian: State) -> Step {
    let allowed = |way| forced.is_none_or(|forced| forced == way);
    let ways = [(Way::Rustup, rustup), (Way::Debian, debian)];
    let find = |wanted| {
        ways.iter()
            .find(|(way, state)| allowed(*way) && *state == wanted)
    };
    match (find(State::Ready), find(State::Obtainable)) {
        (Some((way, _)), _) => Step::Use(*way),
        (None, Some((way, _))) => Step::Obtain(*way),
        (None, None) => Step::GiveUp,
    }
}

fn forced_way(name: Option<&str>) -> Result<Option<Way>> {
    match name {
        None | Some("") => Ok(None),
        Some("rustup") => Ok(Some(Way::Rustup)),
        Some("debian") => Ok(Some(Way::Debian)),
        Some(other) => {
            bail!("ENVOI_TOOLCHAIN is `{other}`: set it to rustup or debian, or unset it")
        }
    }
}

fn describe(way: Way, target: &str, forced: Option<Way>, failures: &str) -> String {
    let why = match (way, forced) {
        (_, Some(_)) => "as ENVOI_TOOLCHAIN says".into(),
        (Way::Rustup, None) => format!("with {target} and rust-src"),
        (Way::Debian, None) if failures.is_empty() => {
            format!("as the Rust in use lacks {target} or rust-src")
        }
        (Way::Debian, None) => format!("because {}", failures.trim_end_matches("; ")),
    };
    match way {
        Way::Rustup => format!("the Rust in use ({why})"),
        Way::Debian => format!("Debian's Rust ({why})"),
    }
}

fn advice(target: &str, forced: Option<Way>, failures: &str) -> String {
    let limit = if forced.is_some() {
        " by the toolchain that ENVOI_TOOLCHAIN names"
    } else {
        ""
    };
    let failures = if failures.is_empty() {
        "there is neither rustup nor apt-get; "
    } else {
        failures
    };
    format!(
        "this machine cannot compile to {target}{limit}: {}\n\
         What to do: `rustup target add {target}` and `rustup component add rust-src` with a network,\n\
         or on Debian, as root: `apt-get install {}`",
        failures.trim_end_matches("; "),
        debian::PACKAGES.join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::{State::*, Step::*, Way::*, *};

    #[test]
    fn rustup_goes_first() {
        assert_eq!(next_step(None, Ready, Ready), Use(Rustup));
        assert_eq!(next_step(None, Obtainable, Obtainable), Obtain(Rustup));
    }

    #[test]
    fn the_fallback_follows_when_rustup_fails() {
        assert_eq!(next_step(None, Unobtainable, Obtainable), Obtain(Debian));
        assert_eq!(next_step(None, Unobtainable, Ready), Use(Debian));
    }

    #[test]
    fn an_installed_toolchain_goes_before_one_to_be_fetched() {
        assert_eq!(next_step(None, Obtainable, Ready), Use(Debian));
    }

    #[test]
    fn without_any_toolchain_it_gives_up() {
        assert_eq!(next_step(None, Unobtainable, Unobtainable), GiveUp);
    }

    #[test]
    fn a_forced_toolchain_excludes_the_other() {
        assert_eq!(next_step(Some(Debian), Ready, Obtainable), Obtain(Debian));
        assert_eq!(next_step(Some(Debian), Ready, Unobtainable), GiveUp);
        assert_eq!(next_step(Some(Rustup), Obtainable, Ready), Obtain(Rustup));
    }

    #[test]
    fn only_known_toolchains_can_be_forced() {
        assert_eq!(forced_way(None).unwrap(), None);
        assert_eq!(forced_way(Some("")).unwrap(), None);
        assert_eq!(forced_way(Some("debian")).unwrap(), Some(Debian));
        assert!(forced_way(Some("fedora")).is_err());
    }

    #[test]
    fn the_line_says_why_the_fallback_is_used() {
        let line = describe(
            Debian,
            "wasm32-unknown-unknown",
            None,
            "rustup is offline; ",
        );
        assert!(line.ends_with("(because rustup is offline)"), "{line}");
    }
}
