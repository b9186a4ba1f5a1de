#include "store/engine/weights.h"

#include <math.h>

/* How far a lesson moves what it is about, and how wrong it must have been:
 * found by trying, bench/spam. */
#define RATE 10.0
#define WRONG 0.05
enum { ONE = 1024 };

static size_t
trait_at(struct str traits, size_t i)
{
	return (size_t)(uint8_t)traits.p[TRAIT_OCTETS * i] |
	    (size_t)(uint8_t)traits.p[TRAIT_OCTETS * i + 1] << 8;
}

bool
traits_are_in_order(struct str traits)
{
	size_t n = traits.n / TRAIT_OCTETS;

	for (size_t i = 1; i < n; i++)
		if (trait_at(traits, i) <= trait_at(traits, i - 1))
			return false;
	return traits.n % TRAIT_OCTETS == 0;
}

/* Long messages weigh no more than short ones. */
double
weights_score(const struct weights *w, struct str traits)
{
	size_t n = traits.n / TRAIT_OCTETS;
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += w->of[trait_at(traits, i)];
	return n > 0 ? (double)sum / ONE / sqrt((double)n) : 0;
}

bool
weights_learn(struct weights *w, struct str traits, bool spam, double score,
    double share)
{
	size_t n = traits.n / TRAIT_OCTETS;
	double wrong = (spam ? 1 : 0) - 1 / (1 + exp(-score));
	long step;

	w->spam += spam;
	w->good += !spam;
	if (n == 0 || fabs(wrong) < WRONG)
		return false;
	step = lround(ONE * RATE * share * wrong / sqrt((double)n));
	for (size_t i = 0; i < n; i++) {
		int16_t *at = &w->of[trait_at(traits, i)];
		long is = *at + step;

		*at = (int16_t)(is > INT16_MAX ? INT16_MAX :
		    is < INT16_MIN ? INT16_MIN : is);
	}
	return step != 0;
}
