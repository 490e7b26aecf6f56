//! The command line's help, and its errors for wrong arguments.

use crate::support::{MESSAGE, cli};

#[test]
fn help_is_printed_on_standard_output() {
    let output = cli("--help").run("");
    assert_eq!((output.code, output.stderr.as_str()), (0, ""));
    for word in [
        "--server",
        "--read-recipients",
        "--attach",
        "--dkim",
        "ENVOI_PASSWORD",
        "SMTP_URL",
        "75",
    ] {
        assert!(
            output.stdout.contains(word),
            "no {word} in\n{}",
            output.stdout
        );
    }
}

#[test]
fn the_version_is_the_projects() {
    let output = cli("--version").run("");
    let expected = format!("envoi-cli {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((output.code, output.stdout), (0, expected));
}

#[test]
fn wrong_usage_is_reported_before_the_message_is_read() {
    for (arguments, words) in [
        ("", "no recipient"),
        ("--to b@mail.test", "SMTP_URL"),
        ("--server http://x --to b@mail.test", "smtps://"),
        (
            "--sever smtp://x --to b@mail.test",
            "unknown option --sever",
        ),
        (
            "--server smtp://x --to b@mail.test --mechanism SECRET",
            "--mechanism: ",
        ),
        (
            "--server smtp://x --to b@mail.test --local-name a_b!",
            "--local-name: ",
        ),
        ("--server smtp://x --to b@mail.test --subject Hi", "--from"),
        (
            "--server smtp://x --to b@mail.test --notify never,delay",
            "--notify: ",
        ),
    ] {
        let output = cli(arguments).run("");
        assert_eq!(output.code, 64, "{arguments}: {output:?}");
        assert!(output.stderr.contains(words), "{arguments}: {output:?}");
        assert_eq!(output.stdout, "");
    }
}

#[test]
fn wrong_settings_are_a_configuration_error() {
    let arguments = "--server smtp://ada@127.0.0.1 --to b@mail.test";
    let output = cli(arguments).run(MESSAGE);
    assert_eq!(output.code, 78);
    assert!(output.stderr.contains("ENVOI_PASSWORD"), "{output:?}");
    let output = cli("--server smtp://127.0.0.1 --to b@mail.test")
        .environment("ENVOI_CA", "no certificate")
        .run(MESSAGE);
    assert_eq!(output.code, 78);
    assert!(output.stderr.contains("ENVOI_CA: "), "{output:?}");
}
