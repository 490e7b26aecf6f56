//! `corpus FOLDER`: writes composed messages, each as `NAME.eml`, with `NAME.json` beside it: what a reader
//! must see. Date and random octets are fixed, so that the files are the same each time.

mod cases;
mod expected;
mod random;

use std::path::PathBuf;
use std::{env, fs};

/// Sun, 29 Nov 2026 09:00:00 UTC.
const NOW: i64 = 1_795_942_800;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder: PathBuf = env::args_os().nth(1).ok_or("usage: corpus FOLDER")?.into();
    fs::create_dir_all(&folder)?;
    let cases = cases::all().into_iter().chain(random::all());
    for (number, case) in cases.enumerate() {
        let name = case.name();
        let mut random = [0; 32];
        random[15] = u8::try_from(number)?;
        random[31] = u8::try_from(number)?;
        let composed = case
            .draft()
            .compose(NOW, random)
            .map_err(|invalid| format!("{name}: {invalid}"))?;
        let message = composed.message().ok_or("a case has a stream")?;
        fs::write(folder.join(format!("{name}.eml")), message)?;
        let expected = serde_json::to_string_pretty(&case.expected())?;
        fs::write(folder.join(format!("{name}.json")), expected + "\n")?;
    }
    Ok(())
}
