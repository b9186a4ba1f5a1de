#include "rt/fiber.h"

#include <sys/mman.h>

#if HAVE_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

enum { GUARD = 4096 };

/* Stacks ---------------------------------------------------------------- */

char *
stack_get(struct stack_pool *p)
{
	char *map;

	if (p->n > 0)
		return p->free[--p->n];
	map = mmap(NULL, FIBER_STACK + GUARD, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (map == MAP_FAILED)
		bug("no memory for a stack (%zu in use)", p->made);
	if (mprotect(map, GUARD, PROT_NONE) < 0)
		bug("no guard page for a stack (%zu in use)", p->made);
	p->made++;
	return map + GUARD;
}

static void
unmap(struct stack_pool *p, char *stack)
{
	(void)munmap(stack - GUARD, FIBER_STACK + GUARD);
	p->made--;
}

void
stack_put(struct stack_pool *p, char *stack)
{
	if (p->n < STACKS_KEPT)
		p->free[p->n++] = stack;
	else
		unmap(p, stack);
}

/* A page stays, for whoever asks for this. Nobody may look at what is not there
 * under the sanitizers, who keep their own notes of it. */
void
stack_trim(char *stack, const char *sp)
{
	uintptr_t end = ((uintptr_t)sp - GUARD / 2) & ~(uintptr_t)(GUARD - 1);

	if (!HAVE_ASAN && end > (uintptr_t)stack)
		(void)madvise(stack, end - (uintptr_t)stack, MADV_DONTNEED);
}

void
stack_pool_free(struct stack_pool *p)
{
	while (p->n > 0)
		unmap(p, p->free[--p->n]);
}

size_t
stack_used(const char *stack)
{
	size_t i = 0;

	while (i < FIBER_STACK && stack[i] == 0)
		i++;
	return FIBER_STACK - i;
}

/* The switch ------------------------------------------------------------
 *
 * Saves what a called function must keep (System V AMD64 ABI 3.2.1, AAPCS64
 * 6.1.1), stores the stack pointer, takes the other one, restores, returns
 * there. Signal masks are the process's: no system call.
 */
#if defined(__x86_64__)
void postern_switch(void **save, void *to);
__asm__(".text\n"
	".globl postern_switch\n"
	".hidden postern_switch\n"
	".type postern_switch,@function\n"
	"postern_switch:\n"
	"	endbr64\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	subq $8, %rsp\n"
	"	stmxcsr (%rsp)\n"
	"	fnstcw 4(%rsp)\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	ldmxcsr (%rsp)\n"
	"	fldcw 4(%rsp)\n"
	"	addq $8, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size postern_switch,.-postern_switch\n");
/* First instruction of a new fiber: r12 holds the fiber, r13 its entry. A
 * return address of 0 ends every backtrace here. */
void postern_start(void);
__asm__(".text\n"
	".globl postern_start\n"
	".hidden postern_start\n"
	".type postern_start,@function\n"
	"postern_start:\n"
	"	.cfi_startproc\n"
	"	.cfi_undefined rip\n"
	"	endbr64\n"
	"	xorl %ebp, %ebp\n"
	"	movq %r12, %rdi\n"
	"	call *%r13\n"
	"	ud2\n"
	"	.cfi_endproc\n"
	".size postern_start,.-postern_start\n");

void
fiber_prepare(struct fiber *f, void (*entry)(struct fiber *f))
{
	uint64_t *sp = (void *)(f->stack + FIBER_STACK - 16);

	*--sp = 0;
	*--sp = 0;	/* where postern_start begins: a multiple of 16 */
	*--sp = (uint64_t)(uintptr_t)postern_start;
	*--sp = 0;				/* rbp */
	*--sp = 0;				/* rbx */
	*--sp = (uint64_t)(uintptr_t)f;		/* r12 */
	*--sp = (uint64_t)(uintptr_t)entry;	/* r13 */
	*--sp = 0;				/* r14 */
	*--sp = 0;				/* r15 */
	*--sp = 0x037f00001f80u;		/* x87 word, mxcsr */
	f->sp = sp;
}
#elif defined(__aarch64__)
void postern_switch(void **save, void *to);
__asm__(".text\n"
	".globl postern_switch\n"
	".hidden postern_switch\n"
	".type postern_switch,%function\n"
	"postern_switch:\n"
	"	sub sp, sp, #176\n"
	"	stp x19, x20, [sp, #0]\n"
	"	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n"
	"	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n"
	"	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n"
	"	str x9, [x0]\n"
	"	mov sp, x1\n"
	"	ldp x19, x20, [sp, #0]\n"
	"	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n"
	"	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n"
	"	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #176\n"
	"	ret\n"
	".size postern_switch,.-postern_switch\n");
void postern_start(void);
__asm__(".text\n"
	".globl postern_start\n"
	".hidden postern_start\n"
	".type postern_start,%function\n"
	"postern_start:\n"
	"	mov x29, xzr\n"
	"	mov x0, x19\n"
	"	blr x20\n"
	"	brk #0\n"
	".size postern_start,.-postern_start\n");

void
fiber_prepare(struct fiber *f, void (*entry)(struct fiber *f))
{
	uint64_t *sp = (void *)(f->stack + FIBER_STACK - 176);

	memset(sp, 0, 176);
	sp[0] = (uint64_t)(uintptr_t)f;			/* x19 */
	sp[1] = (uint64_t)(uintptr_t)entry;		/* x20 */
	sp[11] = (uint64_t)(uintptr_t)postern_start;	/* x30 */
	f->sp = sp;
}
#else
#include <ucontext.h>

/* makecontext() passes ints: a pointer goes as two. */
static void
fiber_entry(unsigned high, unsigned low, unsigned ehigh, unsigned elow)
{
	uintptr_t f = (uintptr_t)((uint64_t)high << 32 | low);
	uintptr_t e = (uintptr_t)((uint64_t)ehigh << 32 | elow);

	((void (*)(struct fiber *))e)((struct fiber *)f);
}

void
fiber_prepare(struct fiber *f, void (*entry)(struct fiber *f))
{
	uint64_t p = (uintptr_t)f, e = (uintptr_t)entry;
	ucontext_t *c = calloc(1, sizeof(*c));

	bug_if(!c || getcontext(c) < 0);
	c->uc_stack.ss_sp = f->stack;
	c->uc_stack.ss_size = FIBER_STACK;
	makecontext(c, (void (*)(void))fiber_entry, 4, (unsigned)(p >> 32),
	    (unsigned)p, (unsigned)(e >> 32), (unsigned)e);
	f->context = c;
}

static void
postern_swap(struct switcher *home, struct fiber *f, bool enter)
{
	if (!home->context)
		home->context = calloc(1, sizeof(ucontext_t));
	bug_if(!home->context);
	if (enter)
		(void)swapcontext(home->context, f->context);
	else
		(void)swapcontext(f->context, home->context);
}
#endif

#if defined(__x86_64__) || defined(__aarch64__)
static void
postern_swap(struct switcher *home, struct fiber *f, bool enter)
{
	if (enter)
		postern_switch(&home->sp, f->sp);
	else
		postern_switch(&f->sp, home->sp);
}
#endif

void
fiber_enter(struct switcher *home, struct fiber *f)
{
#if HAVE_ASAN
	__sanitizer_start_switch_fiber(&home->asan_stack, f->stack,
	    FIBER_STACK);
#endif
	postern_swap(home, f, true);
#if HAVE_ASAN
	__sanitizer_finish_switch_fiber(home->asan_stack, NULL, NULL);
#endif
}

void
fiber_leave(struct switcher *home, struct fiber *f, bool dying)
{
#if HAVE_ASAN
	__sanitizer_start_switch_fiber(dying ? NULL : &f->asan_stack,
	    home->bottom, home->size);
#else
	(void)dying;
#endif
	postern_swap(home, f, false);
#if HAVE_ASAN
	__sanitizer_finish_switch_fiber(f->asan_stack, &home->bottom,
	    &home->size);
#endif
}
