//! The package's declarations, of those that jco makes of the interface: what blocks there is a promise
//! here, and what ends a resource is a method of it.
//!
//! ```text
//! static finish(this_: MessageWriter): Receipt;        ->  finish(): Promise<Receipt>;
//! noop(): Reply;                                       ->  noop(): Promise<Reply>;
//! mail(sender: …, options: Options | undefined): Reply ->  mail(sender: …, options?: Options): Promise<Reply>;
//! ```

use anyhow::{Result, ensure};

/// What this package has otherwise than the interface: a function, in its class if it has one; what
/// stands in its line; and what is to.
const OTHERWISE: &[(&str, &str, &str, &str)] = &[
    (
        "",
        "sendMail",
        "message: Uint8Array, timeout: Duration | undefined",
        "message: Content, settings?: Settings",
    ),
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
    ("Mailer", "send", "message: Uint8Array", "message: Content"),
    (
        "Mailer",
        "sendAll",
        "Result<Receipt, Error>",
        "Result<Receipt, SmtpError>",
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

/// In the words about `Mailer.close`.
const REOPENS: &str = "The next `send` opens a new one.";
const ENDS: &str = "The mailer has ended, and its Worker with it.";

/// A mailer, and is called on none.
const MAKES: &str = "fromUrl";

/// The declarations of the interface.
pub struct Interface {
    pub text: String,
}

impl Interface {
    /// Without the lines that only divide the file, which are taken for documentation, and with the
    /// functions named as JavaScript names them.
    pub fn read(jco: &str) -> Self {
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

    /// Those of the package's resources and of `sendMail`.
    pub fn asynchronous(&self) -> Result<String> {
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
            } else if !class.is_empty() || line.starts_with("export function sendMail(") {
                let line = declared(class, &otherwise(class, line, &mut changed));
                text += &line.map_or_else(String::new, |line| format!("{docs}{line}\n"));
            }
            docs.clear();
        }
        ensure!(
            changed == OTHERWISE.len() && text.contains(REOPENS),
            "the declarations that jco makes are not as they were: see {}",
            file!()
        );
        Ok(text.replace(REOPENS, ENDS))
    }

    /// The names of the resources' functions, as a module.
    pub fn methods(&self) -> String {
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
        let own = ["Error", "OutgoingMessage"];
        let names: Vec<_> = exported.filter(|name| !own.contains(name)).collect();
        format!(
            "import type {{ {} }} from '../{}';\nimport type {{ Bytes, Content, OutgoingMessage, Settings, SmtpError }} from './index.js';\n\n",
            names.join(", "),
            super::INTERFACE.replace(".d.ts", ".js"),
        )
    }
}

/// Each with its class, in their order.
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

/// Constructors and the like have none.
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

fn otherwise(class: &str, line: &str, changed: &mut usize) -> String {
    let name = function_name(line).unwrap_or(if line.starts_with("  constructor(") {
        "constructor"
    } else {
        ""
    });
    let mine = OTHERWISE
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

/// A function of this package, which does not block.
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

/// A function of `Options`, which only collects.
fn collected(line: &str) -> Option<String> {
    let Some((head, _)) = line.split_once("): void;") else {
        return Some(line.into());
    };
    let (name, parameters) = head.split_once('(')?;
    let is_own = !name.contains("Symbol");
    is_own.then(|| format!("{name}({}): this;", optional(parameters)))
}

/// What may be left out at the end.
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

/// As WIT writes a name.
fn kebab(name: &str) -> String {
    name.chars()
        .flat_map(|c| match c.is_uppercase() {
            true => vec!['-', c.to_ascii_lowercase()],
            false => vec![c],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const JCO: &str = "\
/** @module Interface a:b **/
/**
 * --- first ----
 * Sends; see `mailer.start-message`, not `binary-mime`.
 */
export function sendMail(server: string, message: Uint8Array, timeout: Duration | undefined): Receipt;
/**
 * An SmtpError is explained already.
 */
export function explain(error: Error): Explanation;
export type Mailbox = string;
export class Mailer implements Disposable {
  constructor(host: string)
  static fromUrl(url: string): Mailer;
  send(envelope: Envelope, message: Uint8Array, options: Options | undefined): Receipt;
  sendAll(messages: Array<OutgoingMessage>): Array<Result<Receipt, Error>>;
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
    fn what_blocks_is_a_promise_and_options_are_collected() {
        let text = Interface::read(JCO).asynchronous().unwrap();
        for line in [
            " * Sends; see `mailer.startMessage`, not `binary-mime`.",
            "export function sendMail(server: string, message: Content, settings?: Settings): Promise<Receipt>;",
            "export class Mailer implements AsyncDisposable {",
            "  constructor(host: string, settings?: Settings);",
            "  static fromUrl(url: string, settings?: Settings): Promise<Mailer>;",
            "  send(envelope: Envelope, message: Content, options?: Options): Promise<Receipt>;",
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
            !text.contains("Symbol.dispose") && !text.contains("---") && !text.contains("explain"),
            "{text}"
        );
    }

    #[test]
    fn the_methods_are_those_that_resources_have() {
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
    fn declarations_of_another_form_are_not_taken() {
        assert!(
            Interface::read("export class Mailer {\n}\n")
                .asynchronous()
                .is_err()
        );
    }
}
