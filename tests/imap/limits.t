# A bound of the server's is no mistake of the client's: NO [LIMIT], and the
# session goes on, whatever it announced is dropped.          RFC 5530 3
APPEND alice INBOX
| Subject: one
|
| 1
PORT imaps
S* \* OK .*
LOGIN alice
C: a1 SELECT INBOX
S* a1 OK .*
C: b1 STORE 1 +FLAGS (\(k*129))
S~ b1 NO \[LIMIT\] A keyword too long
C: b2 STORE 1 +FLAGS (k000 k001 k002 k003 k004 k005 k006 k007 k008 k009 k010 k011 k012 k013 k014 k015 k016 k017 k018 k019 k020 k021 k022 k023 k024 k025 k026 k027 k028 k029 k030 k031 k032 k033 k034 k035 k036 k037 k038 k039 k040 k041 k042 k043 k044 k045 k046 k047 k048 k049 k050 k051 k052 k053 k054 k055 k056 k057 k058 k059 k060 k061 k062 k063 k064)
S~ b2 NO \[LIMIT\] Too many keywords
RAW b3 APPEND INBOX (k000 k001 k002 k003 k004 k005 k006 k007 k008 k009 k010 k011 k012 k013 k014 k015 k016 k017 k018 k019 k020 k021 k022 k023 k024 k025 k026 k027 k028 k029 k030 k031 k032 k033 k034 k035 k036 k037 k038 k039 k040 k041 k042 k043 k044 k045 k046 k047 k048 k049 k050 k051 k052 k053 k054 k055 k056 k057 k058 k059 k060 k061 k062 k063 k064) {13+}\r\nb9 NOOP\r\nb9 \r\n\r\n
S~ b3 NO \[LIMIT\] Too many keywords
# 1,000 octets at a message: 200 of five.
C: c0 STORE 1 +FLAGS.SILENT (k000 k001 k002 k003 k004 k005 k006 k007 k008 k009 k010 k011 k012 k013 k014 k015 k016 k017 k018 k019 k020 k021 k022 k023 k024 k025 k026 k027 k028 k029 k030 k031 k032 k033 k034 k035 k036 k037 k038 k039 k040 k041 k042 k043 k044 k045 k046 k047 k048 k049 k050 k051 k052 k053 k054 k055 k056 k057 k058 k059 k060 k061 k062 k063)
S* c0 OK .*
C: c1 STORE 1 +FLAGS.SILENT (k064 k065 k066 k067 k068 k069 k070 k071 k072 k073 k074 k075 k076 k077 k078 k079 k080 k081 k082 k083 k084 k085 k086 k087 k088 k089 k090 k091 k092 k093 k094 k095 k096 k097 k098 k099 k100 k101 k102 k103 k104 k105 k106 k107 k108 k109 k110 k111 k112 k113 k114 k115 k116 k117 k118 k119 k120 k121 k122 k123 k124 k125 k126 k127)
S* c1 OK .*
C: c2 STORE 1 +FLAGS.SILENT (k128 k129 k130 k131 k132 k133 k134 k135 k136 k137 k138 k139 k140 k141 k142 k143 k144 k145 k146 k147 k148 k149 k150 k151 k152 k153 k154 k155 k156 k157 k158 k159 k160 k161 k162 k163 k164 k165 k166 k167 k168 k169 k170 k171 k172 k173 k174 k175 k176 k177 k178 k179 k180 k181 k182 k183 k184 k185 k186 k187 k188 k189 k190 k191)
S* c2 OK .*
C: c3 STORE 1 +FLAGS.SILENT (k192 k193 k194 k195 k196 k197 k198 k199 k200 k201 k202 k203 k204 k205 k206 k207 k208 k209 k210 k211 k212 k213 k214 k215 k216 k217 k218 k219 k220 k221 k222 k223 k224 k225 k226 k227 k228 k229 k230 k231 k232 k233 k234 k235 k236 k237 k238 k239 k240 k241 k242 k243 k244 k245 k246 k247 k248 k249 k250 k251 k252 k253 k254 k255)
S* c3 NO \[LIMIT\] .*
C: d1 SEARCH KEYWORD k000 KEYWORD k191
S: * SEARCH 1
S~ d1 OK .*
C: d2 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ d2 NO \[LIMIT\] .*
C: d3 SORT (DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE) UTF-8 ALL
S~ d3 NO \[LIMIT\] .*
C: d4 FETCH 1 (BODY.PEEK[1] BODY.PEEK[2] BODY.PEEK[3] BODY.PEEK[4] BODY.PEEK[5] BODY.PEEK[6] BODY.PEEK[7] BODY.PEEK[8] BODY.PEEK[9] BODY.PEEK[10] BODY.PEEK[11] BODY.PEEK[12] BODY.PEEK[13] BODY.PEEK[14] BODY.PEEK[15] BODY.PEEK[16] BODY.PEEK[17] BODY.PEEK[18] BODY.PEEK[19] BODY.PEEK[20] BODY.PEEK[21] BODY.PEEK[22] BODY.PEEK[23] BODY.PEEK[24] BODY.PEEK[25] BODY.PEEK[26] BODY.PEEK[27] BODY.PEEK[28] BODY.PEEK[29] BODY.PEEK[30] BODY.PEEK[31] BODY.PEEK[32] BODY.PEEK[33] BODY.PEEK[34] BODY.PEEK[35] BODY.PEEK[36] BODY.PEEK[37] BODY.PEEK[38] BODY.PEEK[39] BODY.PEEK[40] BODY.PEEK[41] BODY.PEEK[42] BODY.PEEK[43] BODY.PEEK[44] BODY.PEEK[45] BODY.PEEK[46] BODY.PEEK[47] BODY.PEEK[48] BODY.PEEK[49] BODY.PEEK[50] BODY.PEEK[51] BODY.PEEK[52] BODY.PEEK[53] BODY.PEEK[54] BODY.PEEK[55] BODY.PEEK[56] BODY.PEEK[57] BODY.PEEK[58] BODY.PEEK[59] BODY.PEEK[60] BODY.PEEK[61] BODY.PEEK[62] BODY.PEEK[63] BODY.PEEK[64] BODY.PEEK[65])
S~ d4 NO \[LIMIT\] .*
# Not one of these counts as a command without sense.
C: e0 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e0 NO \[LIMIT\] .*
C: e1 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e1 NO \[LIMIT\] .*
C: e2 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e2 NO \[LIMIT\] .*
C: e3 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e3 NO \[LIMIT\] .*
C: e4 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e4 NO \[LIMIT\] .*
C: e5 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e5 NO \[LIMIT\] .*
C: e6 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e6 NO \[LIMIT\] .*
C: e7 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e7 NO \[LIMIT\] .*
C: e8 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e8 NO \[LIMIT\] .*
C: e9 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e9 NO \[LIMIT\] .*
C: e10 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e10 NO \[LIMIT\] .*
C: e11 SEARCH ((((((((((((((((((((((((((((((((((((((((ALL))))))))))))))))))))))))))))))))))))))))
S~ e11 NO \[LIMIT\] .*
C: f1 NOOP
S* f1 OK .*
