#include "policy/file_kind.h"

#include "base/rd.h"

enum { ENDING_MAX = 12, SPACES_THAT_HIDE = 8 };

const char *
file_class_name(enum file_class c)
{
	static const char *const names[FILE_CLASSES] = { "file", "program",
		"script", "image of a disk", "macros", "encrypted" };

	return c < FILE_CLASSES ? names[c] : "";
}

/* ---- by name ------------------------------------------------------------ */

/* What a click runs on systems that people have. Not .com, which ends the names
 * of many files that people save: what runs of these has octets of a PE. */
static const char programs[][ENDING_MAX] = { "exe", "scr", "pif",
	"cpl", "msi", "msp", "msc", "lnk", "hta", "jar", "scf", "gadget",
	"appref-ms", "dll", "ocx", "apk", "xll", "chm",
	"url", "website", "library-ms", "appx", "msix" };
static const char scripts[][ENDING_MAX] = { "js", "jse", "vbs", "vbe", "wsf",
	"wsh", "wsc", "sct", "bat", "cmd", "ps1", "psm1", "reg", "inf",
	"command", "workflow", "jnlp" };
static const char images[][ENDING_MAX] = { "iso", "img", "vhd", "vhdx",
	"udf", "dmg" };
static const char macros[][ENDING_MAX] = { "docm", "dotm", "xlsm", "xltm",
	"xlam", "xlsb", "pptm", "potm", "ppam", "ppsm", "sldm" };
/* What people take for harmless, in front of the ending that counts. */
static const char harmless[][ENDING_MAX] = { "pdf", "doc", "docx", "xls",
	"xlsx", "ppt", "pptx", "txt", "rtf", "jpg", "jpeg", "png", "gif",
	"htm", "html", "csv", "mp3", "mp4", "avi", "eml", "odt", "xml" };
static const char archives[][ENDING_MAX] = { "zip", "zipx", "docx", "xlsx",
	"pptx", "docm", "xlsm", "pptm", "xlsb", "jar" };
/* One file of that name lies in these. */
static const char packed[][ENDING_MAX] = { "gz", "bz2", "xz", "z" };

#define IS_AMONG(s, list) is_among((s), (list), NELEM(list))

static bool
is_among(struct str s, const char (*list)[ENDING_MAX], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqi(s, str_make(list[i], strnlen(list[i],
		    ENDING_MAX))))
			return true;
	return false;
}

static enum file_class
class_of_ending(struct str ending)
{
	if (IS_AMONG(ending, programs))
		return FILE_PROGRAM;
	if (IS_AMONG(ending, scripts))
		return FILE_SCRIPT;
	if (IS_AMONG(ending, images))
		return FILE_IMAGE;
	return IS_AMONG(ending, macros) ? FILE_MACROS : FILE_PLAIN;
}

/* Systems drop dots and spaces at the end of a name. */
static struct str
without_tail(struct str s)
{
	while (s.n > 0 && (s.p[s.n - 1] == '.' || (uint8_t)s.p[s.n - 1] <= ' '))
		s.n--;
	return s;
}

/* Take the ending off *name, without its dot; empty: it has none. */
static struct str
take_ending(struct str *name)
{
	size_t dot = str_rchr(*name, '.');
	struct str ending = str_from(*name, dot + 1);

	*name = without_tail(str_first(*name, dot));
	return dot == 0 ? STR_NULL : ending;
}

static struct str
without_folders(struct str name)
{
	size_t slash = str_rchr(name, '/'), other;

	if (slash < name.n)
		name = str_from(name, slash + 1);
	other = str_rchr(name, '\\');
	return other < name.n ? str_from(name, other + 1) : name;
}

/* U+202A to U+202E, U+2066 to U+2069 turn what is behind them round. */
static bool
turns_text(struct str s)
{
	for (size_t i = 0; i + 2 < s.n; i++) {
		uint8_t last = (uint8_t)s.p[i + 2];

		if ((uint8_t)s.p[i] == 0xe2 &&
		    (((uint8_t)s.p[i + 1] == 0x80 && last >= 0xaa &&
		    last <= 0xae) || ((uint8_t)s.p[i + 1] == 0x81 &&
		    last >= 0xa6 && last <= 0xa9)))
			return true;
	}
	return false;
}

static bool
has_row_of_spaces(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < SPACES_THAT_HIDE; i++)
		n = s.p[i] == ' ' ? n + 1 : 0;
	return n == SPACES_THAT_HIDE;
}

struct file_name
file_name_read(struct str name)
{
	struct str whole = without_folders(name), rest = without_tail(whole);
	struct file_name out = { .class = FILE_PLAIN };
	struct str ending = take_ending(&rest);

	if (IS_AMONG(ending, packed))
		ending = take_ending(&rest);
	out.class = class_of_ending(ending);
	out.archive = IS_AMONG(ending, archives);
	out.harmless = IS_AMONG(ending, harmless);
	if (out.class == FILE_PROGRAM || out.class == FILE_SCRIPT)
		out.hides = IS_AMONG(take_ending(&rest), harmless) ||
		    has_row_of_spaces(whole);
	/* Such names end in another way than people see. */
	if (out.class != FILE_PLAIN && turns_text(whole))
		out.hides = true;
	return out;
}

/* ---- by octets ---------------------------------------------------------- */

static bool
begins(struct str head, struct str magic)
{
	return str_starts(head, magic);
}

/* Text may begin so as well, but has no zeros. */
static bool
is_binary(struct str head)
{
	for (size_t i = 0; i < head.n && i < 128; i++)
		if ((uint8_t)head.p[i] < 8)
			return true;
	return false;
}

static bool
is_macho(struct str head)
{
	if (begins(head, STR("\xfe\xed\xfa\xce")) ||
	    begins(head, STR("\xfe\xed\xfa\xcf")) ||
	    begins(head, STR("\xce\xfa\xed\xfe")) ||
	    begins(head, STR("\xcf\xfa\xed\xfe")))
		return true;
	/* Of several machines; a class of Java begins so, too, and its version,
	 * which is where the number of these is, is 45 and more. Both run. */
	return begins(head, STR("\xca\xfe\xba\xbe")) && head.n >= 8;
}

enum file_format
file_format_of(struct str head)
{
	if (begins(head, STR("MZ")) && is_binary(head))
		return FORMAT_PE;
	if (begins(head, STR("\x7f" "ELF")))
		return FORMAT_ELF;
	if (is_macho(head))
		return FORMAT_MACHO;
	if (begins(head, STR("L\0\0\0\x01\x14\x02\0")))
		return FORMAT_LNK;
	if (begins(head, STR("#!")))
		return FORMAT_SHEBANG;
	if (begins(head, STR("conectix")) || begins(head, STR("vhdxfile")))
		return FORMAT_VHD;
	if (begins(head, STR("PK\3\4")) || begins(head, STR("PK\5\6")) ||
	    begins(head, STR("PK\7\x8" "PK")))
		return FORMAT_ZIP;
	if (begins(head, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
		return FORMAT_OLE;
	if (str_findi(head, STR("<hta:application")) < head.n)
		return FORMAT_HTA;
	return FORMAT_OTHER;
}

const char *
file_format_name(enum file_format f)
{
	static const char *const names[] = { "", "PE", "ELF", "Mach-O or Java",
		"LNK", "HTA", "#!", "VHD", "ISO", "ZIP", "OLE" };

	return f < NELEM(names) ? names[f] : "";
}

enum file_class
file_format_class(enum file_format f)
{
	switch (f) {
	case FORMAT_PE:
	case FORMAT_ELF:
	case FORMAT_MACHO:
	case FORMAT_LNK:
	case FORMAT_HTA:
		return FILE_PROGRAM;
	case FORMAT_SHEBANG:
		return FILE_SCRIPT;
	case FORMAT_VHD:
	case FORMAT_ISO:
		return FILE_IMAGE;
	default:
		return FILE_PLAIN;
	}
}
