// Stands between a program and the system (LD_PRELOAD), counts the calls that touch the files below
// some folders, and lets one of them fail, come out short, or be the last thing the process does.
//
//   REKAM_FAULT_ROOTS   folders to watch, parted by ":"; without it nothing is done
//   REKAM_FAULT_LOG     a file that gets a line for each watched call: number, call, path, site
//   REKAM_FAULT_AT      the number of the call to hit, from 1
//   REKAM_FAULT_SITE    or: the site to hit, as the log writes it, and
//   REKAM_FAULT_NTH     its occurrence, from 1 (the first unless given)
//   REKAM_FAULT_KIND    an errno by name (EIO, ENOSPC, …): the call fails so
//                       short   a write writes half; a read reads half
//                       kill    the process is killed before the call
//                       after   … after it
//                       torn    … when half of a write is done
//                       power   … and so is the machine: of what was written since the last sync
//                               of each file any part may be lost
//   REKAM_FAULT_STICKY  1: every later call of the same name fails, too (a disk stays full)
//   REKAM_FAULT_SEED    chooses what `power` loses
//   REKAM_FAULT_HIT     a file that is made when the fault has struck, naming the call
//   REKAM_FAULT_RANDOM  a number that /dev/urandom's bytes follow from, so that a run repeats
//   REKAM_FAULT_TURNS   a number that says before which calls on a data file or a lock the process
//                       stops itself, until whoever schedules it lets it go on (SIGCONT)
//
// A site is the call's name and the addresses it was called from, relative to their modules, so that
// it is the same in every run of one binary.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NONE, FAIL, SHORT, KILL, AFTER, TORN, POWER };

static struct {
    int ready, kind, code, sticky, log;
    unsigned long at, nth, calls, seen;
    uint64_t seed, random, turns;
    int isRepeated, isScheduled;
    char site[32], stuck[24];
    const char *hit;
    char roots[4][PATH_MAX];
    int rootCount;
} plan;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int inside;

static const struct { const char *name; int code; } errors[] = {
    {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EACCES", EACCES}, {"ENOMEM", ENOMEM}, {"EMFILE", EMFILE},
    {"ENOLCK", ENOLCK}, {"EROFS", EROFS}, {"EDQUOT", EDQUOT}, {"EINTR", EINTR}, {"EPERM", EPERM},
};

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void prepare(void) {
    const char *roots = getenv("REKAM_FAULT_ROOTS");
    if (!roots || !*roots) return;
    // A program that this one starts is no business of ours.
    char copy[4 * PATH_MAX];
    snprintf(copy, sizeof copy, "%s", roots);
    char *rest = copy, *part;
    while ((part = strsep(&rest, ":")) && plan.rootCount < 4)
        if (*part && realpath(part, plan.roots[plan.rootCount])) plan.rootCount++;
    const char *text;
    plan.log = -1;
    if ((text = getenv("REKAM_FAULT_LOG")))
        plan.log = (int)syscall(
            SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if ((text = getenv("REKAM_FAULT_AT"))) plan.at = strtoul(text, 0, 10);
    if ((text = getenv("REKAM_FAULT_SITE"))) snprintf(plan.site, sizeof plan.site, "%s", text);
    plan.nth = (text = getenv("REKAM_FAULT_NTH")) ? strtoul(text, 0, 10) : 1;
    if ((text = getenv("REKAM_FAULT_SEED"))) plan.seed = strtoull(text, 0, 10);
    plan.sticky = (text = getenv("REKAM_FAULT_STICKY")) && *text == '1';
    plan.hit = getenv("REKAM_FAULT_HIT");
    if ((text = getenv("REKAM_FAULT_RANDOM")))
        plan.isRepeated = 1, plan.random = strtoull(text, 0, 10);
    if ((text = getenv("REKAM_FAULT_TURNS")))
        plan.isScheduled = 1, plan.turns = strtoull(text, 0, 10);
    if ((text = getenv("REKAM_FAULT_KIND"))) {
        plan.kind = !strcmp(text, "short") ? SHORT : !strcmp(text, "kill") ? KILL
            : !strcmp(text, "after") ? AFTER : !strcmp(text, "torn") ? TORN
            : !strcmp(text, "power") ? POWER : NONE;
        for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
            if (!strcmp(text, errors[i].name)) plan.kind = FAIL, plan.code = errors[i].code;
    }
    inside = 1;
    void *warm[2];
    backtrace(warm, 2); // loads what it needs now, not within somebody's call
    inside = 0;
    plan.ready = plan.rootCount > 0;
}

static int watched(const char *path) {
    for (int i = 0; i < plan.rootCount; i++) {
        size_t length = strlen(plan.roots[i]);
        if (!strncmp(path, plan.roots[i], length) && (path[length] == '/' || !path[length]))
            return 1;
    }
    return 0;
}

static int pathOf(int descriptor, char *path) {
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return path[0] == '/';
}

static int absolute(int folder, const char *name, char *path) {
    if (!name) return 0;
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return 1;
    }
    char base[PATH_MAX];
    if (folder == AT_FDCWD ? !getcwd(base, sizeof base) : !pathOf(folder, base)) return 0;
    while (name[0] == '.' && name[1] == '/') name += 2;
    return snprintf(path, PATH_MAX, "%s/%s", base, name) < PATH_MAX;
}

// What a power cut can take back: bytes as they were before each write not yet synced, and names
// made since their folder or file was synced.

struct change { dev_t device; ino_t inode; off_t at; size_t length, had; off_t size; char *old; };
struct name { char path[PATH_MAX], from[PATH_MAX]; dev_t device; ino_t inode; };
static struct change *changes;
static size_t changeCount, changeRoom;
static struct name *names;
static size_t nameCount, nameRoom;
struct file { dev_t device; ino_t inode; int descriptor; };
static struct file files[64];
static int fileCount;

static int ownDescriptor(int descriptor, struct stat *status) {
    if (syscall(SYS_fstat, descriptor, status)) return -1;
    for (int i = 0; i < fileCount; i++)
        if (files[i].device == status->st_dev && files[i].inode == status->st_ino)
            return files[i].descriptor;
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    int own = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDWR | O_CLOEXEC, 0);
    if (own < 0 || fileCount == 64) return own;
    files[fileCount++] = (struct file){status->st_dev, status->st_ino, own};
    return own;
}

static void remember(int descriptor, off_t at, size_t length) {
    if (plan.kind != POWER) return;
    int flags = (int)syscall(SYS_fcntl, descriptor, F_GETFL);
    if (flags & O_DSYNC) return;
    struct stat status;
    int own = ownDescriptor(descriptor, &status);
    if (own < 0) return;
    if (at < 0) at = flags & O_APPEND ? status.st_size : lseek(descriptor, 0, SEEK_CUR);
    pthread_mutex_lock(&lock);
    while (length > 0) {
        // Page by page: a disk keeps any of them.
        size_t part = 4096 - (size_t)(at % 4096);
        if (part > length) part = length;
        if (changeCount == changeRoom) {
            changeRoom = changeRoom ? changeRoom * 2 : 1024;
            changes = realloc(changes, changeRoom * sizeof *changes);
        }
        struct change *change = &changes[changeCount++];
        *change = (struct change){status.st_dev, status.st_ino, at, part, 0, status.st_size, 0};
        change->old = malloc(part);
        ssize_t had = syscall(SYS_pread64, own, change->old, part, at);
        change->had = had > 0 ? (size_t)had : 0;
        at += part;
        length -= part;
    }
    pthread_mutex_unlock(&lock);
}

static void rememberName(const char *path, const char *from, int descriptor) {
    if (plan.kind != POWER) return;
    struct stat status = {0};
    if (descriptor >= 0) syscall(SYS_fstat, descriptor, &status);
    pthread_mutex_lock(&lock);
    if (nameCount == nameRoom) {
        nameRoom = nameRoom ? nameRoom * 2 : 64;
        names = realloc(names, nameRoom * sizeof *names);
    }
    struct name *name = &names[nameCount++];
    snprintf(name->path, PATH_MAX, "%s", path);
    snprintf(name->from, PATH_MAX, "%s", from ? from : "");
    name->device = status.st_dev;
    name->inode = status.st_ino;
    pthread_mutex_unlock(&lock);
}

static void synced(int descriptor) {
    if (plan.kind != POWER) return;
    struct stat status;
    char path[PATH_MAX];
    if (syscall(SYS_fstat, descriptor, &status) || !pathOf(descriptor, path)) return;
    size_t length = strlen(path), kept = 0;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < changeCount; i++) {
        if (changes[i].device == status.st_dev && changes[i].inode == status.st_ino)
            free(changes[i].old);
        else
            changes[kept++] = changes[i];
    }
    changeCount = kept;
    kept = 0;
    for (size_t i = 0; i < nameCount; i++) {
        // Syncing a file keeps its name on the file systems in use; a folder keeps all in it.
        int isFile = names[i].device == status.st_dev && names[i].inode == status.st_ino;
        int isFolder = S_ISDIR(status.st_mode) && !strncmp(names[i].path, path, length)
            && names[i].path[length] == '/' && !strchr(names[i].path + length + 1, '/');
        if (!isFile && !isFolder) names[kept++] = names[i];
    }
    nameCount = kept;
    pthread_mutex_unlock(&lock);
}

// The next number of a series, 31 bits.
static uint64_t next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static uint64_t chance(void) { return next(&plan.seed); }

// MARK: Runs that repeat

// A file of bytes that follow from REKAM_FAULT_RANDOM alone, other ones each time it is opened.
static int randomBytes(void) {
    unsigned char bytes[65536];
    int file = (int)syscall(SYS_memfd_create, "random", 1);
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(next(&plan.random) >> 8);
    pthread_mutex_unlock(&lock);
    syscall(SYS_pwrite64, file, bytes, sizeof bytes, 0);
    return file;
}

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

// Stops the process, all its threads, until it is its turn again: before about every third call, or
// always where it `must`, because another process holds what it wants.
static void yield(const char *path, int must) {
    if (!plan.isScheduled) return;
    const char *name = strrchr(path, '/');
    if (!name || !(strstr(name, ".mdb") || strstr(name, ".lock"))) return;
    pthread_mutex_lock(&turn);
    if (next(&plan.turns) % 3 == 0 || must)
        syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGSTOP);
    pthread_mutex_unlock(&turn);
}

static void cutPower(void) {
    // The newest change first, so that what is left of a page is one of its earlier states. In one
    // of four cuts all is lost, in one nothing.
    uint64_t mode = chance() % 4;
    for (size_t i = changeCount; mode != 3 && i-- > 0;) {
        struct change *change = &changes[i];
        if (mode != 0 && chance() % 2) continue;
        for (int f = 0; f < fileCount; f++) {
            if (files[f].device != change->device || files[f].inode != change->inode) continue;
            if (change->had < change->length)
                memset(change->old + change->had, 0, change->length - change->had);
            if (mode == 0 && change->at >= change->size)
                syscall(SYS_ftruncate, files[f].descriptor, change->size);
            else
                syscall(
                    SYS_pwrite64, files[f].descriptor, change->old, change->length, change->at);
        }
    }
    for (size_t i = nameCount; mode != 3 && i-- > 0;) {
        if (mode != 0 && chance() % 2) continue;
        if (names[i].from[0])
            syscall(SYS_renameat, AT_FDCWD, names[i].path, AT_FDCWD, names[i].from);
        else
            syscall(SYS_unlinkat, AT_FDCWD, names[i].path, 0);
    }
}

static void die(void) {
    if (plan.kind == POWER) {
        pthread_mutex_lock(&lock);
        cutPower();
    }
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

static uint64_t siteOf(const char *call) {
    void *frames[24];
    int count = backtrace(frames, 24);
    uint64_t hash = 14695981039346656037u;
    for (const char *c = call; *c; c++) hash = (hash ^ (uint8_t)*c) * 1099511628211u;
    Dl_info own, info;
    dladdr((void *)siteOf, &own);
    for (int i = 0; i < count; i++) {
        if (!dladdr(frames[i], &info) || info.dli_fbase == own.dli_fbase) continue;
        uint64_t offset = (uint64_t)frames[i] - (uint64_t)info.dli_fbase;
        hash = (hash ^ offset) * 1099511628211u;
    }
    return hash;
}

// Whether this call is the one to hit; notes it in the log.
static int struck(const char *call, const char *path) {
    yield(path, 0);
    pthread_mutex_lock(&lock);
    unsigned long number = ++plan.calls;
    int isHit = plan.at && number == plan.at;
    char site[32] = "";
    if (plan.log >= 0 || plan.site[0]) {
        snprintf(site, sizeof site, "%016lx", (unsigned long)siteOf(call));
        if (plan.site[0] && !strcmp(site, plan.site) && ++plan.seen == plan.nth) isHit = 1;
    }
    if (plan.sticky && plan.stuck[0] && !strcmp(plan.stuck, call)) isHit = 1;
    if (plan.log >= 0) {
        char line[PATH_MAX + 100];
        int length = snprintf(line, sizeof line, "%lu\t%s\t%s\t%s\n", number, call, path, site);
        syscall(SYS_write, plan.log, line, length);
    }
    if (isHit && plan.kind != NONE) {
        if (plan.hit && !plan.stuck[0]) {
            int mark = (int)syscall(
                SYS_openat, AT_FDCWD, plan.hit, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
            char line[PATH_MAX + 100];
            int length = snprintf(line, sizeof line, "%lu\t%s\t%s\n", number, call, path);
            syscall(SYS_write, mark, line, length);
            syscall(SYS_close, mark);
        }
        snprintf(plan.stuck, sizeof plan.stuck, "%s", call);
    }
    pthread_mutex_unlock(&lock);
    return isHit && plan.kind != NONE;
}

// What a call does when it is hit, where it can't come out short: `failure` with errno, or the end.
#define BEFORE(call, path, failure)                                                               \
    int isStruck = struck(call, path);                                                            \
    if (isStruck && plan.kind == FAIL) {                                                          \
        errno = plan.code;                                                                        \
        inside = 0;                                                                               \
        return failure;                                                                           \
    }                                                                                             \
    if (isStruck && (plan.kind == KILL || plan.kind == POWER)) die()

#define AFTERWARDS()                                                                              \
    if (isStruck && (plan.kind == AFTER || plan.kind == TORN)) die()

#define ON_PATH(call, folder, name, failure, made)                                                \
    char path[PATH_MAX];                                                                          \
    if (!plan.ready || inside || !absolute(folder, name, path) || !watched(path)) return made;    \
    inside = 1;                                                                                   \
    BEFORE(call, path, failure);                                                                  \
    __typeof__(made) result = made;                                                               \
    int saved = errno;                                                                            \
    AFTERWARDS();                                                                                 \
    inside = 0;                                                                                   \
    errno = saved;                                                                                \
    return result

#define ON_DESCRIPTOR(call, descriptor, failure, made)                                            \
    char path[PATH_MAX];                                                                          \
    if (!plan.ready || inside || !pathOf(descriptor, path) || !watched(path)) return made;        \
    inside = 1;                                                                                   \
    BEFORE(call, path, failure);                                                                  \
    __typeof__(made) result = made;                                                               \
    int saved = errno;                                                                            \
    AFTERWARDS();                                                                                 \
    inside = 0;                                                                                   \
    errno = saved;                                                                                \
    return result

// MARK: Names

static int opened(
    const char *call, int folder, const char *name, int flags, mode_t mode, int (*real)(int, const char *, int, ...)) {
    char path[PATH_MAX];
    if (plan.ready && plan.isRepeated && name && !strcmp(name, "/dev/urandom"))
        return randomBytes();
    if (!plan.ready || inside || !absolute(folder, name, path) || !watched(path))
        return real(folder, name, flags, mode);
    inside = 1;
    BEFORE(call, path, -1);
    int isNew = flags & O_CREAT && syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    int result = real(folder, name, flags, mode);
    int saved = errno;
    if (result >= 0 && isNew) rememberName(path, 0, result);
    AFTERWARDS();
    inside = 0;
    errno = saved;
    return result;
}

#define MODE()                                                                                    \
    mode_t mode = 0;                                                                              \
    if (flags & (O_CREAT | __O_TMPFILE)) {                                                        \
        va_list rest;                                                                             \
        va_start(rest, flags);                                                                    \
        mode = va_arg(rest, mode_t);                                                              \
        va_end(rest);                                                                             \
    }                                                                                             \
    static int (*real)(int, const char *, int, ...);                                              \
    if (!real) real = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, "openat")

int open(const char *name, int flags, ...) {
    MODE();
    return opened("open", AT_FDCWD, name, flags, mode, real);
}
int open64(const char *name, int flags, ...) {
    MODE();
    return opened("open", AT_FDCWD, name, flags | O_LARGEFILE, mode, real);
}
int openat(int folder, const char *name, int flags, ...) {
    MODE();
    return opened("open", folder, name, flags, mode, real);
}
int openat64(int folder, const char *name, int flags, ...) {
    MODE();
    return opened("open", folder, name, flags | O_LARGEFILE, mode, real);
}

int mkdir(const char *name, mode_t mode) {
    REAL(mkdir);
    ON_PATH("mkdir", AT_FDCWD, name, -1, real(name, mode));
}
int unlink(const char *name) {
    REAL(unlink);
    ON_PATH("unlink", AT_FDCWD, name, -1, real(name));
}
int rmdir(const char *name) {
    REAL(rmdir);
    ON_PATH("rmdir", AT_FDCWD, name, -1, real(name));
}
int stat(const char *name, struct stat *status) {
    REAL(stat);
    ON_PATH("stat", AT_FDCWD, name, -1, real(name, status));
}
int lstat(const char *name, struct stat *status) {
    REAL(lstat);
    ON_PATH("stat", AT_FDCWD, name, -1, real(name, status));
}
int chmod(const char *name, mode_t mode) {
    REAL(chmod);
    ON_PATH("chmod", AT_FDCWD, name, -1, real(name, mode));
}
int chown(const char *name, uid_t user, gid_t group) {
    REAL(chown);
    ON_PATH("chown", AT_FDCWD, name, -1, real(name, user, group));
}
int link(const char *name, const char *other) {
    REAL(link);
    ON_PATH("link", AT_FDCWD, other, -1, real(name, other));
}
DIR *opendir(const char *name) {
    REAL(opendir);
    ON_PATH("opendir", AT_FDCWD, name, (DIR *)0, real(name));
}
int rename(const char *name, const char *other) {
    REAL(rename);
    char path[PATH_MAX], from[PATH_MAX];
    if (!plan.ready || inside || !absolute(AT_FDCWD, other, path) || !watched(path)
        || !absolute(AT_FDCWD, name, from))
        return real(name, other);
    inside = 1;
    BEFORE("rename", path, -1);
    int isNew = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
    int result = real(name, other);
    int saved = errno;
    if (result == 0 && isNew) rememberName(path, from, -1);
    AFTERWARDS();
    inside = 0;
    errno = saved;
    return result;
}

// MARK: Bytes

static size_t total(const struct iovec *parts, int count) {
    size_t bytes = 0;
    for (int i = 0; i < count; i++) bytes += parts[i].iov_len;
    return bytes;
}

// The first half of what was to be written, in one piece.
static ssize_t half(int descriptor, const struct iovec *parts, int count, off_t at) {
    size_t bytes = total(parts, count) / 2, filled = 0;
    char *copy = malloc(bytes + 1);
    for (int i = 0; i < count && filled < bytes; i++) {
        size_t part = parts[i].iov_len < bytes - filled ? parts[i].iov_len : bytes - filled;
        memcpy(copy + filled, parts[i].iov_base, part);
        filled += part;
    }
    ssize_t result = at < 0 ? syscall(SYS_write, descriptor, copy, bytes)
                            : syscall(SYS_pwrite64, descriptor, copy, bytes, at);
    free(copy);
    return result;
}

// -2: not ours; else what `write`, `pwrite`, `writev` or `pwritev` comes to.
static ssize_t written(
    const char *call, int descriptor, const struct iovec *parts, int count, off_t at) {
    char path[PATH_MAX];
    if (!plan.ready || inside || !pathOf(descriptor, path) || !watched(path)) return -2;
    inside = 1;
    BEFORE(call, path, -1);
    ssize_t result;
    if (isStruck && (plan.kind == SHORT || plan.kind == TORN)) {
        result = half(descriptor, parts, count, at);
    } else {
        remember(descriptor, at, total(parts, count));
        result = at < 0 ? syscall(SYS_writev, descriptor, parts, count)
                        : syscall(SYS_pwritev, descriptor, parts, count, at, 0);
    }
    int saved = errno;
    AFTERWARDS();
    inside = 0;
    errno = saved;
    return result;
}

#define WRITES(name, declaration, call, wrapped, parts, count, at, arguments)                     \
    ssize_t name declaration {                                                                    \
        REAL(name);                                                                               \
        wrapped;                                                                                  \
        ssize_t result = written(call, descriptor, parts, count, at);                             \
        return result == -2 ? real arguments : result;                                            \
    }
#define WRAP struct iovec one = {(void *)bytes, length}

WRITES(write, (int descriptor, const void *bytes, size_t length), "write", WRAP, &one, 1, -1,
       (descriptor, bytes, length))
WRITES(pwrite, (int descriptor, const void *bytes, size_t length, off_t at), "pwrite", WRAP, &one,
       1, at, (descriptor, bytes, length, at))
WRITES(pwrite64, (int descriptor, const void *bytes, size_t length, off_t at), "pwrite", WRAP,
       &one, 1, at, (descriptor, bytes, length, at))
WRITES(writev, (int descriptor, const struct iovec *parts, int count), "write", , parts, count, -1,
       (descriptor, parts, count))
WRITES(pwritev, (int descriptor, const struct iovec *parts, int count, off_t at), "pwritev", ,
       parts, count, at, (descriptor, parts, count, at))
WRITES(pwritev64, (int descriptor, const struct iovec *parts, int count, off_t at), "pwritev", ,
       parts, count, at, (descriptor, parts, count, at))

#define READS(name, declaration, call, arguments)                                                 \
    ssize_t name declaration {                                                                    \
        REAL(name);                                                                               \
        char path[PATH_MAX];                                                                      \
        if (!plan.ready || inside || !pathOf(descriptor, path) || !watched(path))                 \
            return real arguments;                                                                \
        inside = 1;                                                                               \
        BEFORE(call, path, -1);                                                                   \
        if (isStruck && plan.kind == SHORT) length = (length + 1) / 2;                            \
        ssize_t result = real arguments;                                                          \
        int saved = errno;                                                                        \
        AFTERWARDS();                                                                             \
        inside = 0;                                                                               \
        errno = saved;                                                                            \
        return result;                                                                            \
    }

READS(read, (int descriptor, void *bytes, size_t length), "read", (descriptor, bytes, length))
READS(pread, (int descriptor, void *bytes, size_t length, off_t at), "pread",
      (descriptor, bytes, length, at))
READS(pread64, (int descriptor, void *bytes, size_t length, off_t at), "pread",
      (descriptor, bytes, length, at))

#define SYNCS(name)                                                                               \
    int name(int descriptor) {                                                                    \
        REAL(name);                                                                               \
        char path[PATH_MAX];                                                                      \
        if (!plan.ready || inside || !pathOf(descriptor, path) || !watched(path))                 \
            return real(descriptor);                                                              \
        inside = 1;                                                                               \
        BEFORE(#name, path, -1);                                                                  \
        int result = real(descriptor);                                                            \
        int saved = errno;                                                                        \
        if (result == 0) synced(descriptor);                                                      \
        AFTERWARDS();                                                                             \
        inside = 0;                                                                               \
        errno = saved;                                                                            \
        return result;                                                                            \
    }

SYNCS(fsync)
SYNCS(fdatasync)

void sync(void) {
    REAL(sync);
    real();
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < changeCount; i++) free(changes[i].old);
    changeCount = nameCount = 0;
    pthread_mutex_unlock(&lock);
}

int ftruncate(int descriptor, off_t length) {
    REAL(ftruncate);
    ON_DESCRIPTOR("ftruncate", descriptor, -1, real(descriptor, length));
}
int ftruncate64(int descriptor, off_t length) {
    REAL(ftruncate64);
    ON_DESCRIPTOR("ftruncate", descriptor, -1, real(descriptor, length));
}
int fallocate(int descriptor, int mode, off_t at, off_t length) {
    REAL(fallocate);
    ON_DESCRIPTOR("fallocate", descriptor, -1, real(descriptor, mode, at, length));
}
int fallocate64(int descriptor, int mode, off_t at, off_t length) {
    REAL(fallocate64);
    ON_DESCRIPTOR("fallocate", descriptor, -1, real(descriptor, mode, at, length));
}
int fchmod(int descriptor, mode_t mode) {
    REAL(fchmod);
    ON_DESCRIPTOR("fchmod", descriptor, -1, real(descriptor, mode));
}
int fstat(int descriptor, struct stat *status) {
    REAL(fstat);
    ON_DESCRIPTOR("fstat", descriptor, -1, real(descriptor, status));
}
int fstat64(int descriptor, struct stat64 *status) {
    REAL(fstat64);
    ON_DESCRIPTOR("fstat", descriptor, -1, real(descriptor, status));
}
// Takes a lock; where processes take turns, one that would wait lets the others go on instead.
static int locked(int descriptor, int operation, const char *path, int (*real)(int, int)) {
    if (!plan.isScheduled || operation & LOCK_NB) return real(descriptor, operation);
    int result;
    while ((result = real(descriptor, operation | LOCK_NB)) && errno == EWOULDBLOCK) yield(path, 1);
    return result;
}

int flock(int descriptor, int operation) {
    REAL(flock);
    ON_DESCRIPTOR("flock", descriptor, -1, locked(descriptor, operation, path, real));
}
void *mmap(void *start, size_t length, int protection, int flags, int descriptor, off_t at) {
    REAL(mmap);
    if (descriptor < 0) return real(start, length, protection, flags, descriptor, at);
    ON_DESCRIPTOR(
        "mmap", descriptor, MAP_FAILED, real(start, length, protection, flags, descriptor, at));
}
void *mmap64(void *start, size_t length, int protection, int flags, int descriptor, off_t at) {
    REAL(mmap64);
    if (descriptor < 0) return real(start, length, protection, flags, descriptor, at);
    ON_DESCRIPTOR(
        "mmap", descriptor, MAP_FAILED, real(start, length, protection, flags, descriptor, at));
}

static int recordLocked(
    int descriptor, int command, void *argument, const char *path, int (*real)(int, int, ...)) {
    if (!plan.isScheduled || command != F_SETLKW) return real(descriptor, command, argument);
    int result;
    while ((result = real(descriptor, F_SETLK, argument)) && (errno == EAGAIN || errno == EACCES))
        yield(path, 1);
    return result;
}

static int controlled(int descriptor, int command, void *argument, int (*real)(int, int, ...)) {
    // Only locks are interesting: LMDB takes them on its table of readers.
    if (command != F_SETLK && command != F_SETLKW) return real(descriptor, command, argument);
    ON_DESCRIPTOR(
        "lock", descriptor, -1, recordLocked(descriptor, command, argument, path, real));
}

#define CONTROLS(name)                                                                            \
    int name(int descriptor, int command, ...) {                                                  \
        REAL(name);                                                                               \
        va_list rest;                                                                             \
        va_start(rest, command);                                                                  \
        void *argument = va_arg(rest, void *);                                                    \
        va_end(rest);                                                                             \
        return controlled(descriptor, command, argument, real);                                   \
    }

CONTROLS(fcntl)
CONTROLS(fcntl64)
