//! What these programs show, with the command `wasmtime`.

mod demo;
mod guest;

use std::process::Output;

use servers::report::not_run;

/// Whether the command can be had. If not, the report names the test as not run.
fn has_wasmtime(test: &str) -> bool {
    match setup::any_wasmtime() {
        Ok(_) => true,
        Err(why) => {
            not_run(&test, &why);
            false
        }
    }
}

/// All that a program printed.
fn said(ended: &Output) -> String {
    let [stdout, stderr] = [&ended.stdout, &ended.stderr].map(|said| String::from_utf8_lossy(said));
    format!("{stdout}{stderr}")
}
