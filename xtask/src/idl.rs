use crate::workspace::Workspace;
use anyhow::Result;
pub fn write(_: &Workspace) -> Result<()> {
    todo!()
}
pub fn check(_: &Workspace) -> Result<()> {
    todo!()
}
