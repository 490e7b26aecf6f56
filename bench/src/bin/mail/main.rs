//! Compares how the component and its peers send mail, and writes bench/results.md.
//!
//! `cargo xtask bench` starts it. Every client is a process of its own, which prints when each receipt
//! came. This is no test: nothing fails because it is slow.

mod async_component;
mod bulk;
mod by_turns;
mod calls;
mod clients;
mod cold;
mod component;
mod delay;
mod growth;
mod lines_source;
mod native;
mod peer;
mod plot;
mod pool;
mod rounds;
mod sink;
mod task;
mod throughput;
mod turns;

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use async_component::Host as Pooled;
use bench::host::Threads;
use bench::machine;
use bench::page::Page;
use component::{Compiled, Host};
use task::Task;
use wasmtime::{Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["client", compiled, way] => client(Path::new(compiled), way),
        [portable, wide, p3, page, parts @ ..] if !parts.is_empty() => {
            let scratch = Scratch::new()?;
            let compiled = Compiled::new([portable, wide, p3].map(Path::new), &scratch.0)?;
            let page = Page::at(Path::new(page));
            parts
                .iter()
                .try_for_each(|part| measure(part, &page, &compiled))
        }
        _ => bail!("usage: mail PORTABLE.wasm WIDE.wasm P3.wasm PAGE.md PART…"),
    }
}

fn measure(part: &str, page: &Page, compiled: &Compiled) -> Result<()> {
    let machine = machine::describe();
    let portable = &compiled.portable;
    match part {
        "bulk" => bulk::measure(page, portable, &machine),
        "cold" => cold::measure(page, portable, &machine),
        "growth" => growth::measure(page, portable, &machine),
        "calls" => calls::measure(page, portable, &machine),
        "throughput" => throughput::measure(page, compiled, &machine),
        "pool" => pool::measure(page, compiled, &machine),
        "explain" => rounds::explain(portable),
        "rounds" => rounds::measure(page, compiled, &machine),
        _ => bail!("there is no part `{part}`"),
    }
}

/// Runs as a client, with the task from the environment.
fn client(compiled: &Path, way: &str) -> Result<()> {
    let task = Task::from_environment()?;
    let receipts = match way {
        "bulk" => component::send_bulk(&Host::load(compiled, Threads::One)?, &task)?,
        "native-bulk" => native::send_bulk(&task)?,
        "native" => native::send(&task)?,
        "send" => component::send(&Host::load(compiled, Threads::One)?, &task)?,
        "send-threads" => component::send(&Host::load(compiled, Threads::Several)?, &task)?,
        "peer" => peer::send(compiled, &task)?,
        "pool-send" => async_component::send_each(&Pooled::load(compiled)?, &task)?,
        "pool-send-early" => async_component::send_each_early(&Pooled::load(compiled)?, &task)?,
        "pool-send-all" => async_component::send_all(&Pooled::load(compiled)?, &task)?,
        "pool-in-order" => async_component::send_in_order(&Pooled::load(compiled)?, &task)?,
        "stream" => async_component::send_stream(&Pooled::load(compiled)?, &task)?,
        "at-hand" => component::send_at_hand(&Host::load(compiled, Threads::One)?, &task)?,
        _ => bail!("there is no way `{way}`"),
    };
    for receipt in receipts {
        println!("{receipt}");
    }
    if let Some(peak) = machine::peak() {
        println!("peak {peak}");
    }
    println!("processor {}", machine::processor_time().as_nanos());
    Ok(())
}

/// A temporary folder.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Scratch> {
        let folder = env::temp_dir().join(format!("envoi-bench-mail-{}", process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Scratch(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // If this fails, the folder stays.
        let _ = fs::remove_dir_all(&self.0);
    }
}
