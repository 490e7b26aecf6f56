//! What came of all cases.

use std::collections::BTreeMap;
use std::fmt;

use host_tests::Phase;
use servers::scripted::Fault;

use super::case::{Came, Case};
use super::expected::Kind;

#[derive(Default)]
pub(crate) struct Tally {
    came: BTreeMap<(Fault, &'static str), usize>,
    per_scenario: BTreeMap<&'static str, usize>,
    cases: usize,
    repeated: usize,
    wrong: Vec<String>,
}

/// The columns of the table.
const COLUMNS: [&str; 8] = [
    "accepted",
    "disconnected",
    "timeout",
    "protocol error",
    "rejected",
    "TLS failed",
    MAY_HAVE_BEEN,
    NO_FAULT,
];

const MAY_HAVE_BEEN: &str = "may have been delivered";
const NO_FAULT: &str = "over before";

/// Wrong cases that are printed.
const SHOWN: usize = 20;

impl Tally {
    pub(crate) fn add(&mut self, case: &Case, came: Result<Came, String>, repeated: usize) {
        self.cases += 1;
        self.repeated += usize::from(repeated > 0);
        *self.per_scenario.entry(case.scenario.name).or_default() += 1;
        match came {
            Ok(came) => *self.came.entry((case.fault, column(came))).or_default() += 1,
            Err(why) => {
                eprintln!("wrong: {case}: {why}");
                self.wrong.push(format!("{case}: {why}"));
            }
        }
    }

    /// In one line.
    pub(crate) fn totals(&self) -> String {
        let sum = |column: &&str| -> usize {
            let of_column =
                |((_, other), count): (&(_, _), &usize)| (other == column).then_some(*count);
            self.came.iter().filter_map(of_column).sum()
        };
        let columns = COLUMNS.map(|column| format!("{column} {}", sum(&column)));
        let Tally {
            cases,
            repeated,
            wrong,
            ..
        } = self;
        format!(
            "{cases} cases, {} wrong: {}; repeated with a longer timeout {repeated}",
            wrong.len(),
            columns.join(", ")
        )
    }

    pub(crate) fn assert_all_right(&self) {
        let shown: Vec<&str> = self.wrong.iter().take(SHOWN).map(String::as_str).collect();
        assert!(
            self.wrong.is_empty(),
            "{} cases are wrong; ENVOI_HUNT_CASE=NAME runs one alone:\n{}",
            self.wrong.len(),
            shown.join("\n")
        );
        assert!(self.cases > 0, "no such case");
    }
}

fn column(came: Came) -> &'static str {
    match came {
        Came::Accepted => "accepted",
        Came::NoFault => NO_FAULT,
        Came::Failed(_, Phase::Acceptance) => MAY_HAVE_BEEN,
        Came::Failed(kind, _) => match kind {
            Kind::Disconnected | Kind::ConnectFailed => "disconnected",
            Kind::Timeout => "timeout",
            Kind::Protocol => "protocol error",
            Kind::Rejected => "rejected",
            Kind::TlsFailed => "TLS failed",
            Kind::StarttlsUnavailable | Kind::Other => "other",
        },
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (scenario, cases) in &self.per_scenario {
            writeln!(f, "{scenario}: {cases} cases")?;
        }
        for fault in Fault::ALL {
            let name = format!("{fault:?}");
            write!(f, "{name:>15}")?;
            for column in COLUMNS {
                let count = self.came.get(&(fault, column)).unwrap_or(&0);
                write!(f, " | {column} {count}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
