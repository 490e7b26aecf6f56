//! The table of docs/tested.md: who read the corpus, and what each reads otherwise.

use crate::corpus::Corpus;
use crate::{READERS, Reader, known};

/// A row for each reader, which is installed for it.
pub fn table(corpus: &Corpus) -> String {
    let mut table = String::from(
        "| reader | from | messages read | read otherwise |\n| --- | --- | --- | --- |\n",
    );
    table.extend(READERS.iter().map(|reader| row(reader, corpus)));
    table
}

fn row(reader: &Reader, corpus: &Corpus) -> String {
    let read = reader.prepare().and_then(|mut prepared| {
        let readings = prepared.read(&corpus.folder)?;
        Ok((prepared.version, readings.len()))
    });
    let source = reader.source;
    match read {
        Ok((version, count)) => {
            let otherwise = otherwise(reader);
            format!("| {reader} {version} | {source} | {count} | {otherwise} |\n")
        }
        Err(why) => format!("| {reader} | {source} | none: {why} | |\n"),
    }
}

fn otherwise(reader: &Reader) -> String {
    let habits: Vec<&str> = known::of(reader).map(|known| known.habit).collect();
    if habits.is_empty() {
        return "nothing".into();
    }
    habits.join("; ")
}
