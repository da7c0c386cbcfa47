{
agentName: 'Atendente João',
sessionId: '64ef5c85f9deb132696591a0',
mediaUri: 'https://exemplo.com/imagem.jpg'
}