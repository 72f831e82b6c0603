//! XML and URI codecs.
