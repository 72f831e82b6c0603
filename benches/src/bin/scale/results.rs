use crate::arguments::Arguments;
use crate::process::Trouble;
pub(crate) fn write(_: &Arguments) -> Result<(), Trouble> {
    Ok(())
}
