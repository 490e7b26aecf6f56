//! Reads the messages of a folder with a crate: `rust-readers READER FOLDER`
//!
//! It prints one line of JSON for each message.

mod mail_parser;
mod mailparse;

use std::env::args;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = args().skip(1).collect();
    let [reader, folder] = &arguments[..] else {
        return Err("usage: rust-readers READER FOLDER".into());
    };
    let read = match &reader[..] {
        "mail-parser" => mail_parser::read,
        "mailparse" => mailparse::read,
        other => return Err(format!("there is no reader {other}").into()),
    };
    let files: Result<Vec<PathBuf>, _> = fs::read_dir(folder)?
        .map(|file| Ok::<_, std::io::Error>(file?.path()))
        .collect();
    let mut files = files?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "eml"));
    files.sort();
    for file in files {
        let case = file.file_stem().unwrap_or_default().to_string_lossy();
        let reading = read(&fs::read(&file)?).map_err(|error| format!("{case}: {error}"))?;
        println!("{}", json!({ "case": case, "reading": reading }));
    }
    Ok(())
}

fn attachment(name: Option<&str>, kind: &str, content: &[u8], cid: Option<&str>) -> Value {
    let digest = Sha256::digest(content);
    let digest: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
    json!({ "name": name, "type": kind, "sha256": digest, "size": content.len(), "cid": cid })
}
