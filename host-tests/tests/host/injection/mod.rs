//! Injection: every string, list and number of every function gets values that mean something to SMTP or MIME. It
//! is refused before an octet is sent, or what arrives is what was to be said, and nothing more.

mod composing;
mod explaining;
mod interface;
mod messages;
mod parameters;
#[cfg(feature = "p3")]
mod pool;
mod recorder;
mod sessions;
mod settings;
mod signing;
mod stage;
mod values;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use servers::hunt;
use servers::report;
use stage::Stage;

/// What is tried with an argument. A value that is good by itself comes first.
enum Try {
    Text(&'static str, fn(&Stage, &str)),
    Octets(&'static [u8], fn(&Stage, &[u8])),
    Number(fn(&Stage, i128)),
}

/// The name of an argument, as `interface` says it.
type Row = (&'static str, Try);

/// Arguments that are no values of the caller's: the server's octets, and those to it. WASI 0.3 has none.
#[cfg(not(feature = "p3"))]
const STREAMS_OF_A_CONNECTION: &[&str] = &["attach(input)", "attach(output)"];
#[cfg(feature = "p3")]
const STREAMS_OF_A_CONNECTION: &[&str] = &[];

fn all() -> Vec<(&'static str, Vec<Row>)> {
    vec![
        ("settings", settings::rows()),
        ("messages", messages::rows()),
        ("parameters", parameters::rows()),
        ("sessions", sessions::rows()),
        ("composing", composing::rows()),
        ("signing", signing::rows()),
        ("explaining", explaining::rows()),
        #[cfg(feature = "p3")]
        ("pool", pool::rows()),
    ]
}

/// `ENVOI_HUNT_CASE` names an argument that is tried alone.
fn try_all(topic: &str) {
    let begun = Instant::now();
    let alone = hunt::case();
    let (mut values, mut arguments, mut failures) = (0, 0, Vec::new());
    for (_, rows) in all().into_iter().filter(|(name, _)| *name == topic) {
        for (argument, hostile) in rows {
            if alone.as_ref().is_none_or(|alone| alone == argument) {
                arguments += 1;
                values += try_argument(argument, &hostile, &mut failures);
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let seconds = begun.elapsed().as_secs();
    let figures = format!("{arguments} arguments, {values} values, {seconds} s");
    report::measured(&format!("hostile values, {topic}"), &figures);
}

/// How many values were tried.
fn try_argument(argument: &str, hostile: &Try, failures: &mut Vec<String>) -> usize {
    let mut stage = Stage::new();
    let mut values = 0;
    let mut call = |value: &dyn Display, call: &dyn Fn(&Stage)| {
        values += 1;
        if catch_unwind(AssertUnwindSafe(|| call(&stage))).is_err() {
            let value: String = value.to_string().chars().take(100).collect();
            failures.push(format!("{argument} = {value}"));
            // What is left of the failed call is none of the next one's.
            stage = Stage::new();
        }
    };
    match hostile {
        Try::Text(good, take) => {
            for text in values::texts(good) {
                call(&text.escape_debug(), &|stage| take(stage, &text));
            }
        }
        Try::Octets(good, take) => {
            for octets in values::octets(good) {
                call(&octets.escape_ascii(), &|stage| take(stage, &octets));
            }
        }
        Try::Number(take) => {
            for number in values::NUMBERS {
                call(&number, &|stage| take(stage, number));
            }
        }
    }
    values
}

#[test]
fn every_argument_of_the_interface_is_tried() {
    let tried = all()
        .into_iter()
        .flat_map(|(_, rows)| rows)
        .map(|(name, _)| name.to_owned());
    let streams = STREAMS_OF_A_CONNECTION.iter().copied().map(str::to_owned);
    let tried: BTreeSet<String> = tried.chain(streams).collect();
    assert_eq!(tried, interface::arguments());
}

#[test]
fn settings_take_hostile_values_without_harm() {
    try_all("settings");
}

#[test]
fn messages_take_hostile_values_without_harm() {
    try_all("messages");
}

#[test]
fn parameters_take_hostile_values_without_harm() {
    try_all("parameters");
}

#[test]
fn sessions_take_hostile_values_without_harm() {
    try_all("sessions");
}

#[test]
fn drafts_take_hostile_values_without_harm() {
    try_all("composing");
}

#[test]
fn signers_take_hostile_values_without_harm() {
    try_all("signing");
}

#[cfg(feature = "p3")]
#[test]
fn pools_take_hostile_values_without_harm() {
    try_all("pool");
}

#[test]
fn explanations_of_hostile_errors_are_one_line() {
    try_all("explaining");
}
