# Starts sendmail in its namespace.
m4 sendmail.mc >sendmail.cf
makemap -C /mnt/sendmail.cf hash access <access.txt
chmod 600 key.pem
/usr/libexec/sendmail/sendmail -C/mnt/sendmail.cf -bd
