//! The program `backstop`: see [`backstop_cli`].

fn main() -> std::process::ExitCode {
    backstop_cli::run()
}
