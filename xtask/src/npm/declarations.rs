//! The package's TypeScript declarations, derived from jco's: a function that blocks there returns a promise
//! here, and a function that consumes a resource becomes its method.
//!
//! ```text
//! static finish(this_: MessageWriter): Receipt;        ->  finish(): Promise<Receipt>;
//! noop(): Reply;                                       ->  noop(): Promise<Reply>;
//! mail(sender: …, options: Options | undefined): Reply ->  mail(sender: …, options?: Options): Promise<Reply>;
//! ```

use anyhow::{Result, ensure};

/// Differences between this package and the interface: class, function, jco's text, and the text that replaces
/// it.
const REPLACEMENTS: &[(&str, &str, &str, &str)] = &[
    (
        "Mailer",
        "constructor",
        "(host: string)",
        "(host: string, settings?: Settings);",
    ),
    (
        "Mailer",
        "fromUrl",
        "(url: string)",
        "(url: string, settings?: Settings)",
    ),
    (
        "Mailer",
        "send",
        "envelope: Envelope, message: Uint8Array, options: Options | undefined): Receipt",
        "mail: Mail, options: Options | undefined): Sent",
    ),
    (
        "Mailer",
        "sendAll",
        "messages: Array<OutgoingMessage>, options: Options | undefined): Array<Result<Receipt, Error>>",
        "mails: Array<Mail>, options: Options | undefined): Array<Result<Sent, SmtpError>>",
    ),
    (
        "Mailer",
        "addTrustAnchors",
        "certificates: Uint8Array",
        "certificates: Bytes",
    ),
    (
        "Mailer",
        "setClientCertificate",
        "chain: Uint8Array, key: Uint8Array",
        "chain: Bytes, key: Bytes",
    ),
    ("Session", "send", "message: Uint8Array", "message: Bytes"),
    (
        "MessageWriter",
        "write",
        "bytes: Uint8Array",
        "bytes: Bytes",
    ),
];

/// In the documentation of `Mailer.close`.
const REOPENS: &str = "The next `send` opens a new one.";
const ENDS: &str = "The mailer has ended, and its Worker with it.";

/// A constructor in all but name: not called on a mailer.
const MAKES: &str = "fromUrl";

/// jco's declarations of the interface.
pub(super) struct Interface {
    pub text: String,
}

impl Interface {
    /// Drops the lines that only divide the file, which tools take for documentation, and writes the names of
    /// functions in the documentation as JavaScript does.
    pub(super) fn read(jco: &str) -> Self {
        let divides = |line: &&str| line.starts_with(" * ---") || line.starts_with("/** @module");
        let lines = jco.lines().filter(|line| !divides(line));
        let mut text: String = lines.map(|line| format!("{}\n", line.trim_end())).collect();
        for name in functions(&text)
            .map(|(_, name)| name.to_owned())
            .collect::<Vec<_>>()
        {
            for mark in ["`", "."] {
                text = text.replace(
                    &format!("{mark}{}`", kebab(&name)),
                    &format!("{mark}{name}`"),
                );
            }
        }
        Interface { text }
    }

    /// The declarations of the package's resources.
    pub(super) fn asynchronous(&self) -> Result<String> {
        let mut text = self.imports();
        let mut class = "";
        let (mut docs, mut changed) = (String::new(), 0);
        for line in self.text.lines() {
            if let Some(name) = class_name(line) {
                class = name;
                text += &format!("{docs}\n{}\n", opened(class));
            } else if is_comment(line) {
                docs += &format!("{line}\n");
                continue;
            } else if line == "}" && !class.is_empty() {
                class = "";
                text += "}\n";
            } else if !class.is_empty() {
                let line = declared(class, &replaced(class, line, &mut changed));
                text += &line.map_or_else(String::new, |line| format!("{docs}{line}\n"));
            }
            docs.clear();
        }
        ensure!(
            changed == REPLACEMENTS.len() && text.contains(REOPENS),
            "the declarations that jco makes have changed: see {}",
            file!()
        );
        Ok(text.replace(REOPENS, ENDS))
    }

    /// A JavaScript module with the names of the resources' functions.
    pub(super) fn methods(&self) -> String {
        let mut text = String::from("// The functions of the interface's resources.\n\n");
        text += "export const methods = {\n";
        for class in ["Mailer", "MessageWriter", "Options", "Session"] {
            let own = functions(&self.text).filter(|(of, name)| *of == class && *name != MAKES);
            let names: Vec<_> = own.map(|(_, name)| format!("'{name}'")).collect();
            text += &format!("  {class}: [{}],\n", names.join(", "));
        }
        text + "};\n"
    }

    fn imports(&self) -> String {
        let exported = self.text.lines().filter_map(|line| {
            let rest = line
                .strip_prefix("export type ")
                .or(line.strip_prefix("export interface "))?;
            rest.split([' ', '<']).next()
        });
        let own = ["Error"];
        let names: Vec<_> = exported.filter(|name| !own.contains(name)).collect();
        format!(
            "import type {{ {} }} from '../{}/{}';\nimport type {{ Bytes, Mail, Sent, Settings, SmtpError }} from './index.js';\n\n",
            names.join(", "),
            super::INTERFACES,
            super::SMTP.replace(".d.ts", ".js"),
        )
    }
}

/// Classes and functions, in the order of the file.
fn functions(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines()
        .scan("", |class, line| {
            if let Some(name) = class_name(line) {
                *class = name;
            }
            Some(function_name(line).map(|name| (*class, name)))
        })
        .flatten()
}

fn class_name(line: &str) -> Option<&str> {
    line.strip_prefix("export class ")?.split(' ').next()
}

/// `None` for constructors and symbols.
fn function_name(line: &str) -> Option<&str> {
    let line = line
        .strip_prefix("export function ")
        .or(line.strip_prefix("  "))?;
    let (name, _) = line
        .strip_prefix("static ")
        .unwrap_or(line)
        .split_once('(')?;
    let is_name = name != "constructor" && name.chars().all(char::is_alphanumeric);
    (is_name && line.ends_with(';')).then_some(name)
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("/**") || line.starts_with('*')
}

fn replaced(class: &str, line: &str, changed: &mut usize) -> String {
    let name = function_name(line).unwrap_or(if line.starts_with("  constructor(") {
        "constructor"
    } else {
        ""
    });
    let mine = REPLACEMENTS
        .iter()
        .find(|(of, named, from, _)| (*of, *named) == (class, name) && line.contains(from));
    mine.map_or_else(
        || line.into(),
        |(_, _, from, to)| {
            *changed += 1;
            line.replace(from, to)
        },
    )
}

fn opened(class: &str) -> String {
    match class {
        "Options" => format!("export class {class} {{"),
        _ => format!("export class {class} implements AsyncDisposable {{"),
    }
}

fn declared(class: &str, line: &str) -> Option<String> {
    match class {
        "Options" => collected(line),
        _ => promised(line),
    }
}

/// The declaration of a function that returns a promise.
fn promised(line: &str) -> Option<String> {
    if line.contains("[Symbol.dispose]") {
        return Some("  [Symbol.asyncDispose](): Promise<void>;".into());
    }
    let Some((head, result)) = line
        .strip_suffix(';')
        .and_then(|line| line.rsplit_once("): "))
    else {
        return Some(line.into());
    };
    let (name, parameters) = head.split_once('(')?;
    let (name, parameters) = match parameters.strip_prefix("this_: ") {
        Some(_) => (name.replace("static ", ""), ""),
        None => (name.into(), parameters),
    };
    Some(format!(
        "{name}({}): Promise<{result}>;",
        optional(parameters)
    ))
}

/// The declaration of a function of `Options`, which only collects values.
fn collected(line: &str) -> Option<String> {
    let Some((head, _)) = line.split_once("): void;") else {
        return Some(line.into());
    };
    let (name, parameters) = head.split_once('(')?;
    let is_own = !name.contains("Symbol");
    is_own.then(|| format!("{name}({}): this;", optional(parameters)))
}

/// Marks the parameters at the end that may be left out.
fn optional(parameters: &str) -> String {
    let mut parameters: Vec<_> = parameters.split(", ").map(str::to_owned).collect();
    for parameter in parameters.iter_mut().rev() {
        match parameter
            .strip_suffix(" | undefined")
            .and_then(|one| one.split_once(": "))
        {
            Some((name, its_type)) => *parameter = format!("{name}?: {its_type}"),
            None if parameter.contains("?: ") => {}
            None => break,
        }
    }
    parameters.join(", ")
}

/// WIT's spelling of a name.
fn kebab(name: &str) -> String {
    name.chars()
        .flat_map(|c| {
            let hyphen = c.is_uppercase().then_some('-');
            hyphen.into_iter().chain([c.to_ascii_lowercase()])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const JCO: &str = "\
/** @module Interface a:b **/
export function sendMail(server: string, message: Uint8Array, timeout: Duration | undefined): Receipt;
/**
 * An SmtpError is explained already.
 */
export function explain(error: Error): Explanation;
export type Mailbox = string;
/**
 * --- first ----
 * Sends; see `mailer.start-message`, not `binary-mime`.
 */
export class Mailer implements Disposable {
  constructor(host: string)
  static fromUrl(url: string): Mailer;
  send(envelope: Envelope, message: Uint8Array, options: Options | undefined): Receipt;
  sendAll(messages: Array<OutgoingMessage>, options: Options | undefined): Array<Result<Receipt, Error>>;
  addTrustAnchors(certificates: Uint8Array): void;
  setClientCertificate(chain: Uint8Array, key: Uint8Array): void;
  startMessage(): MessageWriter;
  /**
  * QUIT. The next `send` opens a new one.
  */
  close(): void;
  [Symbol.dispose](): void;
}
export class MessageWriter implements Disposable {
  private constructor();
  write(bytes: Uint8Array): void;
  static finish(this_: MessageWriter): Receipt;
}
export class Session implements Disposable {
  send(envelope: Envelope, message: Uint8Array): Receipt;
}
export class Options implements Disposable {
  constructor()
  setNotify(recipient: Mailbox | undefined, notify: DsnNotify): void;
  [Symbol.dispose](): void;
}
";

    #[test]
    fn blocking_functions_return_promises_and_options_are_collected() {
        let text = Interface::read(JCO).asynchronous().unwrap();
        for line in [
            " * Sends; see `mailer.startMessage`, not `binary-mime`.",
            "export class Mailer implements AsyncDisposable {",
            "  constructor(host: string, settings?: Settings);",
            "  static fromUrl(url: string, settings?: Settings): Promise<Mailer>;",
            "  send(mail: Mail, options?: Options): Promise<Sent>;",
            "  sendAll(mails: Array<Mail>, options?: Options): Promise<Array<Result<Sent, SmtpError>>>;",
            "  addTrustAnchors(certificates: Bytes): Promise<void>;",
            "  setClientCertificate(chain: Bytes, key: Bytes): Promise<void>;",
            "  * QUIT. The mailer has ended, and its Worker with it.",
            "  [Symbol.asyncDispose](): Promise<void>;",
            "  private constructor();",
            "  finish(): Promise<Receipt>;",
            "export class Options {",
            "  constructor()",
            "  setNotify(recipient: Mailbox | undefined, notify: DsnNotify): this;",
        ] {
            assert!(
                text.lines().any(|one| one == line),
                "no {line:?} in:\n{text}"
            );
        }
        assert!(
            !text.contains("Symbol.dispose")
                && !text.contains("---")
                && !text.contains("explain")
                && !text.contains("sendMail"),
            "{text}"
        );
    }

    #[test]
    fn the_methods_are_the_resources_functions() {
        let methods = Interface::read(JCO).methods();
        assert!(
            methods.contains("  Mailer: ['send', 'sendAll', 'addTrustAnchors', 'setClientCertificate', 'startMessage', 'close'],\n"),
            "{methods}"
        );
        assert!(
            methods.contains("  MessageWriter: ['write', 'finish'],\n"),
            "{methods}"
        );
    }

    #[test]
    fn declarations_of_another_form_are_an_error() {
        assert!(
            Interface::read("export class Mailer {\n}\n")
                .asynchronous()
                .is_err()
        );
    }
}
