//! `examples/mail-worker`: its test that kills a host, with more jobs, and with its output shown.

use anyhow::{Result, anyhow};

use super::Example;
use crate::{component, process::run, project::Project, unavailable::Unavailable};

const JOBS: &str = "5000";

pub(super) const EXAMPLE: Example = Example {
    name: "mail-worker",
    about: "5,000 jobs of a NATS queue, by two hosts, one of which is killed",
    show,
};

fn show(project: &Project) -> Result<()> {
    // Without nats-server, the test only reports that it did not run.
    setup::nats_server().map_err(|why| anyhow!(Unavailable(why)))?;
    let toolchain = component::build_portable(project)?;
    component::build_oauth(project, &toolchain)?;
    component::build_mail_worker(project, &toolchain)?;
    if !project.target.join("debug/mail-worker").exists() {
        eprintln!("example: compiling its WebAssembly host, wasmtime (some minutes, once)");
    }
    let mut cargo = project.cargo();
    // `--workspace`: for one package alone, cargo compiles wasmtime again with other features.
    cargo.args(["test", "--workspace", "--test", "queue"]);
    cargo.args([
        "--",
        "--nocapture",
        "--exact",
        "kill::no_job_is_lost_if_a_host_is_killed",
    ]);
    run(cargo.env("MAIL_WORKER_JOBS", JOBS))
}
