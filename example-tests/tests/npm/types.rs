//! The TypeScript declarations.

use std::fs;
use std::process::Command;

use servers::report;

use crate::project::project;

#[test]
fn a_program_in_typescript_compiles() {
    if let Some(answer) = check("example.ts") {
        assert_eq!(answer, Ok(String::new()));
    }
}

#[test]
fn a_wrong_call_does_not_compile() {
    if let Some(answer) = check("mistakes.ts") {
        let errors = answer.expect_err("it has mistakes");
        let lines = errors
            .lines()
            .filter(|line| line.starts_with("mistakes.ts("));
        assert_eq!(lines.count(), 6, "{errors}");
    }
}

#[test]
fn the_declarations_contain_the_interfaces_documentation() {
    let Some(project) = project() else {
        return;
    };
    let read = |file: &str| fs::read_to_string(project.join("node_modules/envoi").join(file));
    let resources = read("types/smtp.d.ts").expect("it is there");
    assert!(resources.contains("* `host` is a DNS name or an IP address. A final dot"));
    assert!(resources.contains("* Delivers one message, over the kept connection"));
    let interface = read("sync/interfaces/envoi-mail-smtp.d.ts").expect("it is there");
    assert!(interface.contains("* A timeout passed (`setTimeout`)."));
    assert!(
        !interface.contains("* ---"),
        "lines that divide the file are no words"
    );
}

/// The compiler's output: `Err` if it refuses the program.
fn check(name: &str) -> Option<Result<String, String>> {
    let project = project()?;
    let packages = ["typescript@7.0.2", "@types/node@20.19.25"];
    let compiler = match setup::npm("typescript", &packages) {
        Ok(folder) => folder.join("node_modules"),
        Err(why) => {
            report::not_run(&"TypeScript's checks", &why);
            return None;
        }
    };
    let mut tsc = Command::new(compiler.join(".bin/tsc"));
    tsc.args([
        "--noEmit", "--strict", "--pretty", "false", "--target", "es2022",
    ]);
    tsc.args(["--module", "nodenext", "--types", "node", "--typeRoots"]);
    tsc.arg(compiler.join("@types")).arg(name);
    let output = tsc.current_dir(project).output().expect("it was installed");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(if output.status.success() {
        Ok(said)
    } else {
        Err(said)
    })
}
