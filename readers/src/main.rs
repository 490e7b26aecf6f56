//! `readers table` prints the table of docs/tested.md; `readers picture MESSAGE PNG` makes a picture of a message
//! as a reader shows it.

use std::env::args_os;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use readers::corpus::compose;
use readers::picture::Viewer;
use readers::table::table;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = args_os().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("readers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[OsString]) -> Result<(), String> {
    match arguments {
        [word] if word == "table" => print_table(),
        [word, message, png] if word == "picture" => {
            Viewer::prepare().and_then(|viewer| viewer.picture(message.as_ref(), png.as_ref()))
        }
        _ => Err("usage: readers table | readers picture MESSAGE PNG".into()),
    }
}

fn print_table() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/corpus");
    print!("{}", table(&compose(folder)?));
    Ok(())
}
