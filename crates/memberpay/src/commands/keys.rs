//! `memberpay keys new`.

use clap::Subcommand;
use gateways::Vault;

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Prints a new key for `MEMBERPAY_KEYS`. Put a new key before the old ones, separated by a
    /// comma: new values are sealed with the first, old ones still open.
    New {
        /// A short name for the key, unlike those in use.
        #[arg(default_value = "k1")]
        name: String,
    },
}

/// Runs the command.
///
/// # Errors
/// If the name is not a short word.
pub fn run(command: &KeysCommand) -> anyhow::Result<()> {
    let KeysCommand::New { name } = command;
    anyhow::ensure!(
        !name.is_empty() && name.len() <= 16 && name.chars().all(|c| c.is_ascii_alphanumeric()),
        "the name of a key has 1 to 16 letters and digits"
    );
    println!("{}", *Vault::new_key(name));
    Ok(())
}
