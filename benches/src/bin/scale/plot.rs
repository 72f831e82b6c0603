pub(crate) fn draw() {}
