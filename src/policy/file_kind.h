/*
 * file_kind.h - what an attached file does when somebody opens it: by its name,
 * which decides what a click runs, and by its first octets, which say what it
 * is whatever it is called. Pure.
 */
#pragma once
#include "base/str.h"

/* What is done about each says the configuration. */
enum file_class {
	FILE_PLAIN,
	FILE_PROGRAM,	/* runs as it is: PE, ELF, Mach-O, JAR, MSI, LNK, HTA */
	FILE_SCRIPT,	/* runs by what the system brings: .js, .vbs, .bat */
	FILE_IMAGE,	/* of a disk, whose files lose the mark that they
			 * came from outside: ISO, VHD */
	FILE_MACROS,	/* a document with a program in it */
	FILE_ENCRYPTED,	/* an archive or document nobody can look into */
	FILE_CLASSES
};

/* "program": for people. */
const char *file_class_name(enum file_class c);

struct file_name {
	enum file_class class;
	/* It wants to be taken for another: "invoice.pdf.exe", a long row of
	 * spaces, marks that turn text round. */
	bool hides;
	bool archive;	/* programs look for a directory at its end */
	bool harmless;	/* it ends like what people open without a thought */
};
/* Of a name in UTF-8, folders before it or not. */
struct file_name file_name_read(struct str name);

enum file_format {
	FORMAT_OTHER,
	FORMAT_PE, FORMAT_ELF, FORMAT_MACHO, FORMAT_LNK, FORMAT_HTA,
	FORMAT_SHEBANG,	/* "#!": runs by no click */
	FORMAT_VHD, FORMAT_ISO,
	FORMAT_ZIP, FORMAT_OLE,	/* there is more to look at */
};
/* By its first octets, of which FILE_HEAD are enough; ISO is not seen. */
enum { FILE_HEAD = 512 };
enum file_format file_format_of(struct str head);
/* "PE"; empty of FORMAT_OTHER. */
const char *file_format_name(enum file_format f);
enum file_class file_format_class(enum file_format f);
