# Starts Courier in its namespace; /mnt/courier contains its own files for /etc/courier.
cp -a -n /etc/courier /mnt/
cp -a /var/lib/courier state
cat esmtpd >>courier/esmtpd
cat esmtpd-ssl >>courier/esmtpd-ssl
sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' courier/authdaemonrc
cat key.pem certificate.pem >esmtpd.pem
mkdir -p /run/courier/authdaemon
chown -R courier:courier state /run/courier
mount --bind courier /etc/courier
mount --bind state /var/lib/courier

hash() { printf %s "$PASSWORD" | userdbpw "$1"; }
printf '%s|systempw=%s|hmac-md5pw=%s\n' "$(cat user)" "$(hash -md5)" "$(hash -hmac-md5)" >>courier/userdb
chmod 600 courier/userdb
makeuserdb
makehosteddomains
makeacceptmailfor

authdaemond start
courier start
esmtpd start
esmtpd-ssl start
