{
platformConfigId: '64ef5c84f9deb1326965919f',
channelId: '64ef5c84f9deb1326965919e',
clientProviderId: '5521988887777',
userName: 'João Silva',
companyName: 'Empresa XYZ'
}