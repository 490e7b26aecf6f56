//! Each reader reads each message of the corpus as it was composed, but for the differences that are known.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use readers::corpus::{Corpus, compose};
use readers::known::{self, KNOWN, Place};
use readers::{
    COMPAT32, DEFAULT_POLICY, EMAILJS, GMIME, MAIL_PARSER, MAILPARSE, MAILPARSER, POSTAL_MIME,
    READERS, Reader, Reading,
};
use servers::report;

#[test]
fn python_email_by_its_default_policy_reads_what_was_composed() {
    check(&DEFAULT_POLICY);
}

#[test]
fn python_email_by_its_old_policy_reads_what_was_composed() {
    check(&COMPAT32);
}

#[test]
fn mailparser_reads_what_was_composed() {
    check(&MAILPARSER);
}

#[test]
fn postal_mime_reads_what_was_composed() {
    check(&POSTAL_MIME);
}

#[test]
fn emailjs_mime_parser_reads_what_was_composed() {
    check(&EMAILJS);
}

#[test]
fn mail_parser_reads_what_was_composed() {
    check(&MAIL_PARSER);
}

#[test]
fn mailparse_reads_what_was_composed() {
    check(&MAILPARSE);
}

#[test]
fn gmime_reads_what_was_composed() {
    check(&GMIME);
}

#[test]
fn known_differences_are_of_readers_and_cases_that_exist() {
    for known in KNOWN {
        assert!(
            READERS
                .iter()
                .any(|reader| reader.name == known.reader.name)
        );
        for place in known.places {
            assert!(corpus().expected.contains_key(place.case), "{}", place.case);
        }
    }
}

fn corpus() -> &'static Corpus {
    static CORPUS: OnceLock<Corpus> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus");
        let corpus = compose(folder).expect("the composer composes it");
        assert!(!corpus.expected.is_empty());
        corpus
    })
}

fn check(reader: &Reader) {
    let mut prepared = match reader.prepare() {
        Ok(prepared) => prepared,
        Err(why) => return report::not_run(reader, &why),
    };
    let corpus = corpus();
    let readings = prepared.read(&corpus.folder).expect("the driver reads all");
    assert!(
        readings.keys().eq(corpus.expected.keys()),
        "it read {:?}",
        readings.keys()
    );
    let complaints = complaints(reader, &readings);
    assert!(
        complaints.is_empty(),
        "{reader}:\n{}",
        complaints.join("\n")
    );
    let known = known::of(reader).count();
    report::read(
        &format!("{reader} {}", prepared.version),
        &format!("{} messages, {known} known differences", readings.len()),
    );
}

/// Differences that are not known, and known ones that are no longer there.
fn complaints(reader: &Reader, readings: &BTreeMap<String, Reading>) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut unseen: Vec<&Place> = known::of(reader).flat_map(|known| known.places).collect();
    for (case, expected) in &corpus().expected {
        for difference in expected.differences(&readings[case]) {
            match unseen.iter().position(|place| place.is(case, &difference)) {
                Some(index) => drop(unseen.swap_remove(index)),
                None => complaints.push(format!("{case}: {difference}")),
            }
        }
    }
    complaints.extend(unseen.into_iter().map(Place::gone));
    complaints
}
