//! `cargo xtask hosts`: every host of the matrix delivers a message; writes the table of docs/hosts.md.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use example_tests::hosts::{Failure, HOSTS, Host};

const BEGIN: &str = "<!-- cargo xtask hosts -->\n";
const END: &str = "<!-- end -->";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("hosts: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let page = env::args().nth(1).ok_or("which page has the table?")?;
    let mut table = String::from("| host | runs | flags |\n| --- | --- | --- |\n");
    for host in HOSTS {
        table += &row(host)?;
    }
    write(Path::new(&page), &table)
}

/// A host that this machine cannot have is reported on the terminal only.
fn row(host: &Host) -> Result<String, String> {
    let Host { file, flags, .. } = host;
    match host.deliver() {
        Ok(version) => {
            let name = host.name();
            println!("{name} {version}: delivered by {file}");
            let flags = match *flags {
                "" => "none".into(),
                flags => format!("`{flags}`"),
            };
            Ok(format!("| {name} {version} | `dist/{file}` | {flags} |\n"))
        }
        Err(Failure::Unavailable(why)) => {
            println!("not run: {host}: {why}");
            Ok(String::new())
        }
        Err(Failure::Undelivered(why)) => Err(format!("{host} did not deliver by {file}: {why}")),
    }
}

fn write(page: &Path, table: &str) -> Result<(), String> {
    let said = |error| format!("{}: {error}", page.display());
    let text = fs::read_to_string(page).map_err(said)?;
    let parts = text.split_once(BEGIN);
    let (before, rest) = parts.ok_or_else(|| format!("{} has no {BEGIN}", page.display()))?;
    let (_, after) = rest.split_once(END).ok_or("the table has no end")?;
    fs::write(page, format!("{before}{BEGIN}{table}{END}{after}")).map_err(said)
}
