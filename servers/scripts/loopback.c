/* Preloaded into a server that has no option for its address: binds to loopback instead of all addresses. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>

int bind(int socket, const struct sockaddr *address, socklen_t length)
{
    int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET && length == sizeof v4) {
        memcpy(&v4, address, length);
        v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return next(socket, (struct sockaddr *)&v4, length);
    }
    if (address->sa_family == AF_INET6 && length == sizeof v6) {
        memcpy(&v6, address, length);
        v6.sin6_addr = in6addr_loopback;
        return next(socket, (struct sockaddr *)&v6, length);
    }
    return next(socket, address, length);
}
