//! A registry on a free port of 127.0.0.1.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread;

use super::Folder;

/// Dropping ends it.
pub(super) struct Registry {
    process: Child,
    /// The host and port.
    pub address: String,
    folder: Folder,
}

impl Registry {
    /// Debian's docker-registry, an OCI registry.
    pub(super) fn oci() -> Result<Registry, String> {
        let program = setup::docker_registry()?;
        let folder = Folder::new("oci-registry")?;
        folder.write("config.yml", &configuration(&folder))?;
        let mut command = Command::new(program);
        command.arg("serve").arg(folder.0.join("config.yml"));
        let mut process = start(command.stderr(Stdio::piped()))?;
        let output = process
            .stderr
            .take()
            .ok_or("no output of docker-registry")?;
        Registry::listening(process, output, folder)
    }

    /// verdaccio, a registry for npm. It has only what is published here.
    pub(super) fn npm() -> Result<Registry, String> {
        let packages = setup::verdaccio()?;
        let folder = Folder::new("npm-registry")?;
        let mut command = Command::new("node");
        command.args([
            "--input-type=module",
            "--eval",
            include_str!("verdaccio.mjs"),
        ]);
        command.current_dir(packages).arg(&folder.0);
        // It warns of this machine's Node and user; only its failure is worth a look.
        let errors = File::create(folder.0.join("errors")).map_err(|error| error.to_string())?;
        let mut process = start(command.stdout(Stdio::piped()).stderr(errors))?;
        let output = process.stdout.take().ok_or("no output of verdaccio")?;
        Registry::listening(process, output, folder)
    }

    /// Waits until a line of its output names its address.
    fn listening(
        process: Child,
        output: impl Read + Send + 'static,
        folder: Folder,
    ) -> Result<Registry, String> {
        let mut registry = Registry {
            process,
            address: String::new(),
            folder,
        };
        let mut said = String::new();
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        for line in lines.by_ref() {
            if let Some((_, rest)) = line.split_once("listening on ") {
                let address = rest.split(['"', ' ']).next();
                registry.address = address.unwrap_or_default().into();
                // A full pipe would stop it.
                thread::spawn(move || lines.for_each(drop));
                return Ok(registry);
            }
            said += &(line + "\n");
        }
        let errors = registry.folder.0.join("errors");
        said += &fs::read_to_string(errors).unwrap_or_default();
        Err(format!("the registry ended before it listened: {said}"))
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start(command: &mut Command) -> Result<Child, String> {
    let name = command.get_program().display().to_string();
    let child = command.stdin(Stdio::null()).spawn();
    child.map_err(|error| format!("{name} does not start: {error}"))
}

fn configuration(folder: &Folder) -> String {
    let root = folder.0.join("registry");
    format!(
        "version: 0.1\nlog: {{ accesslog: {{ disabled: true }} }}\n\
         storage: {{ filesystem: {{ rootdirectory: {root:?} }} }}\nhttp: {{ addr: \"127.0.0.1:0\" }}\n"
    )
}
