//! Some hosts of the matrix; `cargo xtask hosts` runs all of them for docs/hosts.md.

use example_tests::hosts::{Failure, HOSTS, Host, Runtime};
use servers::report;

#[test]
fn the_oldest_and_the_newest_wasmtime_deliver() {
    for version in ["36.0.9", "49.0.3"] {
        let wanted = |host: &&Host| {
            matches!(host.runtime, Runtime::Wasmtime(its) if its == version)
                && host.file == "envoi-cli.wasm"
        };
        deliver(HOSTS.iter().find(wanted).expect("HOSTS contains it"));
    }
}

#[test]
fn node_runs_the_example() {
    let wanted = |host: &&Host| matches!(host.runtime, Runtime::Node(None));
    deliver(HOSTS.iter().find(wanted).expect("HOSTS contains it"));
}

#[test]
fn hosts_of_wasi_03_deliver() {
    for host in HOSTS.iter().filter(|host| host.file == "envoi-p3.wasm") {
        // The oldest and the newest wasmtime, and Node.
        if !matches!(host.runtime, Runtime::Invoke("47.0.3" | "48.0.2")) {
            deliver(host);
        }
    }
}

fn deliver(host: &Host) {
    match host.deliver() {
        Ok(_) => (),
        Err(Failure::Unavailable(why)) => report::not_run(host, &why),
        Err(Failure::Undelivered(why)) => panic!("{host}: {why}"),
    }
}
