#include "vault/tls_proof.h"

#include "base/buf.h"
#include "base/test.h"
#include "vault/sign.h"

#define RANDOM "0123456789abcdef0123456789abcdef"
#define LEAF "\x30\x03\x02\x01\x05"

static void
put(struct buf *b, char type, struct str body)
{
	const char head[] = { type, 0, (char)(body.n >> 8), (char)body.n };

	buf_put(b, head, sizeof(head));
	buf_str(b, body);
}

static void
put_13(struct buf *b)
{
	put(b, 1, STR("\3\3" RANDOM "\0"));
	put(b, 2, STR("\3\3" RANDOM "\0\x13\2\0"));
	put(b, 8, STR("\0\0"));
	put(b, 13, STR("\0\0\0"));
	put(b, 11, STR("\0\0\0\12\0\0\5" LEAF "\0\0"));
	put(b, 15, STR("\4\3\0\2xy"));
	put(b, 20, STR(RANDOM));
	put(b, 11, STR("\0\0\0\5\0\0\0\0\0"));
}

static void
put_12(struct buf *b)
{
	put(b, 1, STR("\3\3" RANDOM "\0"));
	put(b, 2, STR("\3\3" RANDOM "\1x\xc0\x2b\0"));
	put(b, 11, STR("\0\0\10\0\0\5" LEAF));
	put(b, 12, STR("\3\0\x1d\x20" RANDOM "\4\3\0\2xy"));
	put(b, 14, STR(""));
	put(b, 11, STR("\0\0\0"));
	put(b, 16, STR("\x20" RANDOM));
}

/* What we are said to have signed has the shape of what vault signs; and of
 * less than these messages nothing is read. */
static void
test_read(void **state unused_arg)
{
	static const struct {
		uint32_t version;
		void (*put)(struct buf *b);
		enum sign_shape shape;
		size_t needed;		/* messages, in octets */
	} t[] = {
		{ 0x0304, put_13, SIGN_TLS13, 122 },
		{ 0x0303, put_12, SIGN_TLS12, 143 },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf b = BUF_INIT(1024);
		struct arena *a = arena_new(1 << 18);
		struct tls_proof p = { .version = t[i].version };
		struct tls_proof_parts parts;

		t[i].put(&b);
		for (size_t n = 0; n < t[i].needed; n++) {
			p.said = str_first(buf_get(&b), n);
			assert_false(tls_proof_read(NULL, &p, a, &parts));
		}
		p.said = buf_get(&b);
		assert_true(tls_proof_read(NULL, &p, a, &parts));
		assert_strs(parts.leaf, STR(LEAF));
		assert_strs(parts.signature, STR("xy"));
		assert_int_equal(sign_shape(parts.ours), t[i].shape);
		assert_int_equal(sign_shape(parts.theirs), SIGN_NOTHING);
		p.version ^= 7;	/* the other one */
		if (tls_proof_read(NULL, &p, a, &parts))
			assert_int_not_equal(sign_shape(parts.ours),
			    t[i].shape);
		p.version = 0x0302;
		assert_false(tls_proof_read(NULL, &p, a, &parts));
		arena_free(a);
	}
}

/* A suite that there is not, a list that is longer than it says, another
 * beginning. */
static void
test_odd(void **state unused_arg)
{
	static const struct {
		struct str hello, certificate;
		char first;
		struct str verify;
	} t[] = {
		{ STR("\3\3" RANDOM "\0\x13\4\0"),
		    STR("\0\0\0\12\0\0\5" LEAF "\0\0"), 1 },
		{ STR("\3\3" RANDOM "\xff\x13\1\0"),
		    STR("\0\0\0\12\0\0\5" LEAF "\0\0"), 1 },
		{ STR("\3\3" RANDOM "\0\x13\1\0"),
		    STR("\0\0\0\13\0\0\5" LEAF "\0\0"), 1 },
		{ STR("\3\3" RANDOM "\0\x13\1\0"),
		    STR("\1x\0\0\12\0\0\5" LEAF "\0\0"), 1 },
		{ STR("\3\3" RANDOM "\0\x13\1\0"), STR("\0\0\0\0"), 1 },
		{ STR("\3\3" RANDOM "\0\x13\1\0"),
		    STR("\0\0\0\12\0\0\5" LEAF "\0\0"), 4 },
		/* No signature, one that is cut, with more behind it. */
		{ STR("\3\3" RANDOM "\0\x13\1\0"),
		    STR("\0\0\0\12\0\0\5" LEAF "\0\0"), 1,
		    STR("\4\3\0\0") },
		{ STR("\3\3" RANDOM "\0\x13\1\0"),
		    STR("\0\0\0\12\0\0\5" LEAF "\0\0"), 1,
		    STR("\4\3\0\3xy") },
		{ STR("\3\3" RANDOM "\0\x13\1\0"),
		    STR("\0\0\0\12\0\0\5" LEAF "\0\0"), 1,
		    STR("\4\3\0\1xy") },
	};

	for (size_t i = 0; i < NELEM(t); i++) {
		auto_buf b = BUF_INIT(1024);
		struct arena *a = arena_new(1 << 16);
		struct tls_proof p = { .version = 0x0304 };
		struct tls_proof_parts parts;

		put(&b, t[i].first, STR("\3\3" RANDOM));
		put(&b, 2, t[i].hello);
		put(&b, 11, t[i].certificate);
		put(&b, 15, t[i].verify.n ? t[i].verify :
		    STR("\4\3\0\2xy"));
		p.said = buf_get(&b);
		assert_false(tls_proof_read(NULL, &p, a, &parts));
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
