/* The first two octets are a version, a kind of signature; then what was said:
 * what is read of it lies in it. */
#include "base/err.h"
#include "vault/tls_proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tls_proof p = { 0 };
	struct tls_proof_parts parts;
	struct arena *a;

	if (size < 2)
		return 0;
	a = arena_new(1 << 18);
	p.version = 0x0300U | data[0];
	p.scheme = 0x0800U | data[1];
	p.said = str_make((const char *)data + 2, size - 2);
	p.signature = str_first(p.said, 64);
	if (tls_proof_read(NULL, &p, a, &parts)) {
		bug_if(parts.leaf.n == 0 || parts.leaf.p < p.said.p ||
		    parts.leaf.p + parts.leaf.n > p.said.p + p.said.n);
		bug_if(parts.signature.n == 0 ||
		    parts.signature.p < p.said.p || parts.signature.p +
		    parts.signature.n > p.said.p + p.said.n);
		bug_if(parts.ours.n < 68 || parts.theirs.n == 0);
		if (tls_proof_holds(NULL, parts.leaf, &p, parts.theirs))
			p.version = 0;
	}
	arena_free(a);
	return 0;
}
